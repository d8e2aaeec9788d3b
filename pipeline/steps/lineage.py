"""The way of a column or a table: back to the raw answers that it is made of, or on to all that is made of it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline import models, registry, sources, warehouse
from pipeline.errors import ConfigError
from pipeline.models.lineage import Read, Reads, follow_columns
from pipeline.models.model import MARTS, Model, directives
from pipeline.steps.project import resource_folder


class UnknownNameError(ConfigError):
    """There is no such table or column. The message has the names that are nearest."""


# What a step of the way is called when the whole relation is meant, not one of its columns.
ROWS = "*"


@dataclass(frozen=True)
class Step:
    """One stop of the way. ``how`` the one before came from it; ``where`` says which rows of it are meant; ``called``
    is what the platform calls it; ``seen``: what follows was shown further up.
    """

    name: str
    how: str = ""
    where: str = ""
    called: tuple[str, ...] = ()
    meaning: str = ""
    seen: bool = False
    steps: tuple[Step, ...] = field(default=())

    def each(self) -> Iterator[Step]:
        """This step and all that follow."""
        yield self
        for step in self.steps:
            yield from step.each()

    def edges(self) -> Iterator[tuple[Step, Step]]:
        """Every step with each of those that follow it at once."""
        for step in self.steps:
            yield self, step
            yield from step.edges()

    def summary(self) -> dict[str, Any]:
        said = {"how": self.how, "where": self.where, "called": list(self.called), "meaning": self.meaning}
        shown = {"seen": True} if self.seen else {"steps": [step.summary() for step in self.steps]}
        return {"name": self.name, **{key: value for key, value in said.items() if value}, **shown}


@dataclass(frozen=True)
class Known:
    """All models with what each of their columns reads; ``given`` are the columns of what no model makes."""

    models: Mapping[str, Model]
    reads: Reads
    given: Mapping[str, tuple[str, ...]]

    def columns(self, relation: str) -> tuple[str, ...]:
        return tuple(self.reads.get(relation, ())) or self.given.get(relation, ())

    def relations(self) -> set[str]:
        return {*self.models, *self.given}


@cache
def known() -> Known:
    """What every column of every model reads; worked out once in a process."""
    every = models.read(resource_folder("sql"))
    given = warehouse.given_columns({name: sources.module(name) for name in sources.names()})
    return Known({model.relation: model for model in every}, follow_columns(every, given), given)


def lineage(name: str, *, downstream: bool = False, platform: str | None = None, language: str = "en") -> Step:
    """The way of ``kpi.account_daily.followers`` or ``kpi.account_daily``; only through ``platform`` where it is given.

    UnknownNameError, with the names that are nearest, for what is neither.
    """
    relation, column = find(name)
    follow = _downstream(known()) if downstream else _upstream(known())
    return _Way(follow, platform, language).step(Read(relation, column, how=""))


def find(name: str) -> tuple[str, str]:
    """The relation and the column (``*`` for the whole relation) that a name means."""
    here = known()
    if name in here.relations():
        return name, ROWS
    relation, _, column = name.rpartition(".")
    if column in here.columns(relation):
        return relation, column
    every = [f"{one}.{each}" for one in here.relations() for each in here.columns(one)]
    marts_first = sorted(every, key=lambda each: (not each.startswith(MARTS), each))
    near = [each for each in marts_first if each.endswith(f".{name}")][:5]
    near = near or difflib.get_close_matches(name, [*here.relations(), *every], n=3, cutoff=0.6)
    advice = f"did you mean {', '.join(near)}?" if near else "vigie dictionary names them all"
    raise UnknownNameError(f"there is no table or column {name!r}: {advice}")


class _Way:
    """Steps from a column on; what was shown once is not shown again."""

    def __init__(self, follow: Callable[[str, str], list[Read]], platform: str | None, language: str) -> None:
        self._follow, self._platform, self._language = follow, platform, language
        self._registry = registry.read(resource_folder("sql") / "metrics.yml")
        self._seen: set[tuple[str, str]] = set()
        self._leads: dict[tuple[str, str], bool] = {}

    def step(self, read: Read) -> Step:
        place = read.relation, read.column
        following = [each for each in self._follow(*place) if self._leads_on(each.relation, each.column)]
        seen = place in self._seen and bool(following)
        self._seen.add(place)
        return Step(
            read.name.removesuffix(f".{ROWS}"),
            read.how,
            read.where,
            self._called(*place),
            self._registry.definition(*place, self._language) or "",
            seen,
            () if seen else tuple(self.step(each) for each in following),
        )

    def _leads_on(self, relation: str, column: str) -> bool:
        """Whether the way through here comes to the platform that is wanted."""
        if self._platform is None:
            return True
        place = relation, column
        if place not in self._leads:
            # What goes round in a circle leads nowhere by itself.
            self._leads[place] = False
            of = platform_of(relation)
            following = self._follow(relation, column)
            self._leads[place] = of == self._platform or (
                of is None and (not following or any(self._leads_on(one.relation, one.column) for one in following))
            )
        return self._leads[place]

    def _called(self, relation: str, column: str) -> tuple[str, ...]:
        """The native names of a metric in the staging of a platform, the present ones last."""
        metric, platform = self._registry.metrics.get(column), platform_of(relation)
        if metric is None or platform is None or not relation.startswith("staging."):
            return ()
        return tuple(
            each.name + (f" (until {each.valid_to})" if each.valid_to else "")
            for each in metric.native
            if each.platform == platform
        )


def platform_of(relation: str) -> str | None:
    """The platform whose answers a raw table or a view of staging holds; None where it is all of them."""
    schema, _, name = relation.partition(".")
    if schema not in ("raw", "staging"):
        return None
    fitting = [each for each in sources.names() if name.startswith(f"{each}_")]
    return max(fitting, key=len, default=None)


def _upstream(here: Known) -> Callable[[str, str], list[Read]]:
    def follow(relation: str, column: str) -> list[Read]:
        if relation not in here.models:
            return []
        model = here.models[relation]
        reads = here.reads[relation].get(column, ())
        if column == ROWS or not reads:
            # The whole table; or a column that no other is read for: rows are counted, or a word of ours stands there.
            how = "" if column == ROWS else "counted or set from rows of"
            return [Read(each, ROWS, how=how) for each in sorted(model.depends_on)]
        return [found for each in reads for found in _through_statistics(model, each)]

    return follow


def _through_statistics(model: Model, read: Read) -> list[Read]:
    """What Python computes is followed to the tables that it reads: which of their columns no SQL tells."""
    if not read.relation.startswith("temp."):
        return [read]
    of, _, reads = directives(model.file, model.sql)["computed"].partition(" from ")
    return [Read(each, ROWS, how=f"computed in Python by the statistics {of} from") for each in reads.split(", ")]


def _downstream(here: Known) -> Callable[[str, str], list[Read]]:
    onward: dict[tuple[str, str], dict[tuple[str, str], Read]] = {}
    for relation, model in here.models.items():
        for column, reads in here.reads[relation].items():
            for read in (found for each in reads for found in _through_statistics(model, each)):
                to = Read(relation, column, (), read.where, read.how)
                onward.setdefault((read.relation, read.column), {})[(relation, column)] = to
        for each in model.depends_on:
            onward.setdefault((each, ROWS), {})[(relation, ROWS)] = Read(relation, ROWS, how="")
    return lambda relation, column: [each for _, each in sorted(onward.get((relation, column), {}).items())]
