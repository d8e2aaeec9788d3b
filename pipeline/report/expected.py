"""What the gates expect of each table, why, and what became of it when it was judged last: a page to browse.

Great Expectations has pages of its own (Data Docs), and writes the values of cells into them as they are: what a
stranger wrote below a post would run as a script there. This page is made of what people wrote into suites and of
counts. Of results it reads neither what was observed nor the keys of samples, so no cell of any table can be in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.report.blocks import Cell, Column, Section, Table, Text
from pipeline.report.view import rows
from pipeline.report.words import MISSING, Writer, speaker

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.report.page import Page

_LAST = """
    select "table", expectation, max(night) as night, max_by(success, night) as success,
        max_by(unexpected_count, night) as unexpected
    from quality.result
    group by all
"""


@dataclass(frozen=True)
class Rule:
    """One expectation as its suite has it; ``column`` is None where it is about whole rows."""

    table: str
    gate: int
    id: str
    severity: str
    reason: str
    owner: str
    column: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of a rule when it was judged last; ``unexpected`` rows, None where it does not count them."""

    night: date
    success: bool
    unexpected: int | None


def outcomes(con: DuckDBPyConnection) -> dict[tuple[str, str], Outcome]:
    """The last outcome of each rule, by table and id; never a value of a cell."""
    found = rows(con, _LAST)
    return {(r["table"], r["expectation"]): Outcome(r["night"], r["success"], r["unexpected"]) for r in found}


def compose(
    rules: Sequence[Rule], last: dict[tuple[str, str], Outcome], *, brand: str, language: str, subtitle: str
) -> Page:
    """A section for each table, in the order of ``rules``."""
    from pipeline.report.page import LABELS, Page

    say = speaker(language)
    write = Writer(language, "")
    sections = [_section(table, list(those), last, language) for table, those in groupby(rules, lambda r: r.table)]
    failing = sum(not outcome.success for outcome in last.values())
    judged = say("expected_finding", rules=write.number(len(rules)), tables=len(sections), failing=failing)
    return Page(
        language=language,
        title=say("expected_title", brand=brand),
        subtitle=f"{subtitle} {judged}",
        banner=None,
        labels={name: say(name) for name in LABELS},
        sections=sections,
    )


def _section(table: str, rules: Sequence[Rule], last: dict[tuple[str, str], Outcome], language: str) -> Section:
    say, write = speaker(language), Writer(language, "")
    heads = [Column(say(key)) for key in ("expectation", "severity", "expected_of", "expected_why", "owner")]
    heads += [Column(say("judged_last"), is_day=True), Column(say("outcome")), Column(say("unexpected"), True)]
    cells = [_row(rule, last.get((table, rule.id)), language, write) for rule in rules]
    gate = say(f"gate_{rules[0].gate}")
    return Section(table.replace(".", "-"), table, [Text(gate, "soft"), Table(table, heads, cells)])


def _row(rule: Rule, outcome: Outcome | None, language: str, write: Writer) -> list[str | Cell]:
    say = speaker(language)
    became = Cell(say("not_judged"), tone="soft")
    if outcome is not None:
        became = Cell(say("held")) if outcome.success else Cell(say("failed"), tone="bad")
    return [
        rule.id.replace("_", " "),
        say(rule.severity),
        rule.column or say("whole_rows"),
        rule.reason,
        rule.owner,
        write.day(outcome.night) if outcome else MISSING,
        became,
        write.number(outcome.unexpected) if outcome else MISSING,
    ]
