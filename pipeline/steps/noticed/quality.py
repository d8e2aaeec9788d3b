"""What the gates refused or warned of, and steps that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from pipeline import warehouse
from pipeline.alerts import Finding, inert, say
from pipeline.errors import QualityError
from pipeline.quality import suites
from pipeline.steps.noticed.sources import cause_of
from pipeline.steps.noticed.touched import Touched
from pipeline.steps.project import Project, resource_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FAILED = """
    select "table", expectation, "column" from quality.result
    where night = ? and severity = ? and gate in (select unnest(?)) and not success
    order by all
"""
_OF_MISSING = ("kpi.coverage_daily", "delivered")
# Steps that say by themselves which class of error they ended with.
_CLASSES = {"transform": "ModelError", "publish": "PublishError", "load": "LandingError"}


def refused(project: Project, con: DuckDBPyConnection, night: date, touched: Touched) -> Iterator[Finding]:
    """Accounts that gate 1 set aside, expectations by which gate 2 refused the night, other steps that failed."""
    language = project.settings.language
    for platform, account, reason in warehouse.set_aside_units(con, night):
        yield Finding(
            key=f"set aside {platform}/{account}",
            rule="expectation_critical",
            what=say(language, "expectation_critical", whose=f"{platform}/{account}"),
            detail=inert(reason),
            look="vigie quarantine list",
            touches=touched.shares(platform, account),
            cause=cause_of("QualityError", language),
        )
    blocked = con.execute(_FAILED, [night, "critical", [2]]).fetchall()
    for relation, expectation, column in blocked:
        yield Finding(
            key=f"refused {relation} {expectation}",
            rule="expectation_critical",
            what=_said(language, "expectation_blocked", relation, expectation, column),
            look=f"vigie validate --night {night}",
            touches=touched.all_tables(),
            cause=cause_of("QualityError", language),
            owner=_owner(relation, expectation),
        )
    for step, state, error in warehouse.failed_steps(con, night):
        # Of an incomplete load the accounts are told; of a refused transform the expectations.
        if (state == "incomplete" and error is None) or (step == "transform" and blocked):
            continue
        yield Finding(
            key=f"step {step}",
            rule="step_failed",
            what=say(language, "step_failed", step=step),
            detail=inert(error or say(language, "no_reason")),
            look=f"vigie {step} --night {night}",
            touches=touched.all_tables() if step != "load" else None,
            cause=cause_of(_CLASSES.get(step), language),
        )


def warned(project: Project, con: DuckDBPyConnection, night: date, touched: Touched) -> Iterator[Finding]:
    """Expectations of both gates that failed and only warn; not that accounts are missing, which is told of each."""
    language = project.settings.language
    for relation, expectation, column in con.execute(_FAILED, [night, "warning", [1, 2]]).fetchall():
        if (relation, expectation) == _OF_MISSING:
            continue
        yield Finding(
            key=f"warns {relation} {expectation}",
            rule="expectation_warning",
            what=_said(language, "expectation_warning", relation, expectation, column),
            look=f"vigie validate --night {night}",
            touches=touched.tables(relation),
            detail=_reason(relation, expectation),
            owner=_owner(relation, expectation),
        )


def tasks(project: Project, failed: Sequence[str]) -> Iterator[Finding]:
    """Tasks of a scheduler that failed."""
    language = project.settings.language
    for name in failed:
        yield Finding(f"task {name}", "step_failed", say(language, "task_failed", step=name), look="vigie status")


def _said(language: str, word: str, relation: str, expectation: str, column: str | None) -> str:
    named = say(language, "of_column", expectation=expectation, column=column) if column else expectation
    return say(language, word, table=relation, expectation=named)


@cache
def _rules(relation: str) -> dict[str, tuple[str, str]]:
    """Owner and reason of each expectation of a relation; none where its suite cannot be read."""
    try:
        suite = suites.read(resource_folder("expectations"), relation)
    except QualityError:
        return {}
    return {one.id: (one.owner, one.reason) for one in suite.expectations}


def _owner(relation: str, expectation: str) -> str | None:
    return _rules(relation).get(expectation, (None, None))[0]


def _reason(relation: str, expectation: str) -> str | None:
    found = _rules(relation).get(expectation)
    return inert(found[1]) if found else None
