"""All models in build order: what their columns are made of, and what they do that the registry does not allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.models.lineage.origins import NOTHING, Origin, Value, origin
from pipeline.models.lineage.rules import Breach, breaches
from pipeline.models.lineage.scopes import Columns, read_scope
from pipeline.models.lineage.selects import Selects
from pipeline.models.lineage.values import made_of
from pipeline.models.model import Model
from pipeline.registry import Registry

# Native names and settings: what they are called is not what the registry calls so.
_WITHOUT_METRICS = ("raw", "seed", "ops")


@dataclass(frozen=True)
class Lineage:
    """``columns``: relation → column → the metrics that it carries. ``breaches``: those that no directive allows.
    ``unused``: directives (relation and metric) that allow what the model does not do.
    """

    columns: Mapping[str, Mapping[str, Value]]
    breaches: tuple[Breach, ...]
    unused: tuple[tuple[str, str], ...]


def follow(models: Iterable[Model], columns: Columns, registry: Registry) -> Lineage:
    """Follow every table that a model makes; views of staging are known by the names of their columns.

    ``columns`` has those of what is not followed: raw, seed, ops, staging. ModelError where SQL cannot be followed.
    """
    tables = _Tables(registry, dict(columns))
    found: list[Breach] = []
    unused: list[tuple[str, str]] = []
    for model in models:
        if model.kind == "view":
            continue
        selects = Selects(tables.of, made_of)
        scope = read_scope(model.name, model.sql, tables.names)
        tables.learn(model.relation, selects.columns(scope))
        done = sorted(set(breaches(model.relation, scope, selects)))
        found += [breach for breach in done if breach.metric not in model.sums]
        unused += [(model.relation, name) for name in sorted(model.sums - {breach.metric for breach in done})]
        found += tables.disguised(model.relation)
    return Lineage(tables.followed, tuple(found), tuple(unused))


class _Tables:
    """What is known so far of every relation."""

    def __init__(self, registry: Registry, names: dict[str, Sequence[str]]) -> None:
        self._registry = registry
        self.names = names
        self.followed: dict[str, Mapping[str, Value]] = {}

    def learn(self, relation: str, columns: Mapping[str, Value]) -> None:
        self.names[relation] = tuple(columns)
        self.followed[relation] = columns

    def of(self, relation: str, column: str) -> Value:
        """What a column is: the metric of its name, for one word keeps one meaning; else what it was made of."""
        named = self._named(relation, column)
        return frozenset({named}) if named else self.followed.get(relation, {}).get(column, NOTHING)

    def _named(self, relation: str, column: str) -> Origin | None:
        is_native = relation.partition(".")[0] in _WITHOUT_METRICS
        return None if is_native else origin(self._registry, relation, column)

    def disguised(self, relation: str) -> Iterator[Breach]:
        """Columns that the registry calls additive although they are made of what is not."""
        for column, value in self.followed[relation].items():
            named = self._named(relation, column)
            if named is None or named.additivity != "sum":
                continue
            for each in sorted(one for one in value if one.is_people or one.is_ratio):
                message = f"{column} is said to be additive, but it is made of {each}, which is not"
                yield Breach(relation, each.metric, "disguise", 0, message)
