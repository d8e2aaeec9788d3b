"""Suites looked at away from any night: what is wrong with them as they are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pipeline import models, publish, report, sources, warehouse
from pipeline.errors import ConfigError
from pipeline.quality.linting import Remark, lint
from pipeline.quality.proposing import Shape, propose
from pipeline.quality.suites import read as read_suite
from pipeline.report import expected
from pipeline.report.words import LANGUAGES, speaker
from pipeline.steps import gates
from pipeline.steps.project import Project, resource_folder


def lint_suites(only: Collection[str], *, now: datetime, folder: Path | None = None) -> tuple[list[Remark], int]:
    """What to change in the suites of ``folder`` (by default the project's), and how many were looked at.

    ``only``: relations to look at; none for all. Nothing is read but the project's own files: the SQL is
    planned in an empty warehouse in memory. Raises ConfigError for a relation that no gate judges.
    """
    judged = judged_relations()
    if unknown := sorted(set(only) - judged.keys()):
        raise ConfigError(f"{', '.join(unknown)}: no gate judges such a relation. See: ls expectations/")
    with empty_warehouse() as con:
        found = lint(con, folder or resource_folder("expectations"), judged, only, now.date())
    return found, len(only) or len(judged)


@contextmanager
def empty_warehouse() -> Iterator[Any]:
    """A connection to every relation of every platform without a row, in memory."""
    with warehouse.empty({name: sources.module(name) for name in sources.names()}) as con:
        every = models.read(resource_folder("sql"))
        models.build(con, every, models.rebuild_days(every, {}, None, full=True))
        yield con


def propose_suite(project: Project, relation: str) -> dict[str, Any]:
    """A draft of the relation's suite from its last sixty nights in the warehouse, for a person to review.

    Raises ConfigError for a relation that no gate judges or that has no day, QualityError where there are too few
    nights, WarehouseError and WarehouseBusy where the warehouse cannot be read.
    """
    judged = judged_relations()
    if relation not in judged:
        raise ConfigError(f"{relation}: no gate judges such a relation. See: ls expectations/")
    model = next(each for each in models.read(resource_folder("sql")) if each.relation == relation)
    with warehouse.open_reader(project.settings.paths.warehouse) as con:
        columns = warehouse.columns_of(con, relation)
        if not columns:
            raise ConfigError(f"{relation} is not in the warehouse yet. Run a night first: vigie run")
        return propose(con, _shape(model, columns, judged[relation]))


def _shape(model: models.Model, columns: dict[str, str], gate: Literal[1, 2]) -> Shape:
    """What identifies a row and says of which night it is: a view's grain and a table's directives tell."""
    said = re.split(r"[;:(]", model.grain)[0]
    key = model.key or tuple(dict.fromkeys(word for word in re.findall(r"\w+", said) if word in columns))
    first = dict.fromkeys(("platform", "account", *key)) if gate == 1 else key
    days = ("night",) if gate == 1 else (model.rebuild, model.month, "day")
    day = next((name for name in days if name and columns.get(name) == "DATE"), None)
    if day is None:
        raise ConfigError(
            f"{model.relation} has no day by which its nights could be told apart: write its suite by hand"
        )
    return Shape(model.relation, tuple(first), day, columns, begins_with_unit=gate == 1)


def judged_relations() -> dict[str, Literal[1, 2]]:
    """Every relation that a gate judges, and which: staging at the first, what is published at the second."""
    folder = resource_folder("sql")
    staged = gates.staging_relations(folder, sources.names())
    marts = [m.relation for m in models.read(folder) if m.is_mart]
    first: dict[str, Literal[1, 2]] = dict.fromkeys(staged, 1)
    second: dict[str, Literal[1, 2]] = dict.fromkeys(marts, 2)
    return first | second


def write_expectations(project: Project, folder: Path) -> list[Path]:
    """A page of every expectation in each language: why it is there, whose it is, and how it was judged last.

    Raises QualityError for a suite that cannot be read, ConfigError where ``folder`` cannot be written.
    """
    rules = [rule for relation, gate in sorted(judged_relations().items()) for rule in _rules(relation, gate)]
    seen = publish.current(project.settings.paths.publication)
    last = {}
    if seen is not None:
        with warehouse.open_reader(seen.path) as con:
            last = expected.outcomes(con)
    written = []
    for language in LANGUAGES:
        say = speaker(language)
        subtitle = f"Publication {seen.generation}." if seen else say("expected_never")
        page = expected.compose(rules, last, brand=project.settings.brand, language=language, subtitle=subtitle)
        try:
            written.append(report.write(folder / f"expectations.{language}.html", page))
        except OSError as error:
            raise ConfigError(f"{folder}: cannot be written ({error.strerror}); name another folder") from error
    return written


def _rules(relation: str, gate: int) -> Iterator[expected.Rule]:
    for rule in read_suite(resource_folder("expectations"), relation).expectations:
        yield expected.Rule(relation, gate, rule.id, rule.severity, rule.reason, rule.owner, rule.column)
