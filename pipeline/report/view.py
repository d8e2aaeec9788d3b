"""What every section of the report is given: the publication, the days, and the language to write in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.report.blocks import Column, Fact
from pipeline.report.period import Period
from pipeline.report.words import MISSING, Writer, speaker

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]


def rows(con: DuckDBPyConnection, sql: str, *parameters: object, **named: object) -> list[Row]:
    """Query rows as dictionaries; parameters are given by place or by name."""
    cursor = con.execute(sql, named or list(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True)
class View:
    """``night`` is the last one that the publication knows of the ``period``; ``names`` what people call an account.
    ``complete``: the part of a period's days that must be known for it to be compared.

    Older publications have fewer tables: a section asks ``has`` first.
    """

    con: DuckDBPyConnection
    period: Period
    night: date
    language: str
    currency: str
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    complete: float = 1.0
    used: set[str] = field(default_factory=set)

    @property
    def since(self) -> date:
        return self.period.since

    @property
    def until(self) -> date:
        """The last day of the period that there is anything of."""
        return min(self.period.until, self.night)

    @cached_property
    def write(self) -> Writer:
        return Writer(self.language, self.currency)

    @cached_property
    def say(self) -> Callable[..., str]:
        return speaker(self.language)

    @cached_property
    def _tables(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for row in rows(
            self.con,
            "select table_schema || '.' || table_name as name, column_name as column from information_schema.columns",
        ):
            found.setdefault(row["name"], set()).add(row["column"])
        return {name: frozenset(columns) for name, columns in found.items()}

    def has(self, table: str, *columns: str) -> bool:
        """Whether the publication has the table with these columns."""
        return table in self._tables and self._tables[table].issuperset(columns)

    def rows(self, sql: str, *parameters: object, **named: object) -> list[Row]:
        return rows(self.con, sql, *parameters, **named)

    @cached_property
    def definitions(self) -> Mapping[str, Row]:
        """The published registry by name: label, definition in the language, unit, additivity."""
        if not self.has("kpi.metric_definition"):
            return {}
        columns = self._tables["kpi.metric_definition"]
        told = (
            "coalesce(description_fr, description)"
            if self.language == "fr" and "description_fr" in columns
            else "description"
        )
        label = f"label_{self.language}"
        found = self.rows(
            f"select distinct name, {label} as label, {told} as definition, unit, additivity "  # noqa: S608 - ours
            "from kpi.metric_definition order by name"
        )
        return {row["name"]: row for row in found}

    def label(self, metric: str) -> str:
        """What people call a metric, by the registry; by the report's own words where it does not know it."""
        known = self.definitions.get(metric)
        return str(known["label"]) if known else self.say(metric)

    def definition(self, metric: str) -> str | None:
        """What a metric means; the page then explains it at its end too."""
        known = self.definitions.get(metric)
        if known is None:
            return None
        self.used.add(metric)
        return str(known["definition"])

    def column(self, metric: str, label: str | None = None) -> Column:
        """The head of a column of numbers."""
        return Column(label or self.label(metric), is_number=True, definition=self.definition(metric))

    def fact(self, metric: str, value: str, *notes: str, label: str | None = None) -> Fact:
        return Fact(label or self.label(metric), value, notes, self.definition(metric))

    def words(self, *keys: str) -> Sequence[Column]:
        """Heads of columns of texts."""
        return [Column(self.say(key), is_day=key in ("day", "published")) for key in keys]

    def account(self, platform: str | None, account: str | None) -> str:
        """A network account as people know it."""
        name = self.names.get((platform or "", account or ""), account)
        return " · ".join(part for part in (platform, name) if part)

    def kind_of_post(self, kind: str | None) -> str:
        """Image, video, story …; what only one platform tells apart stays in that platform's words."""
        key = f"post_{kind}"
        said = self.say(key)
        return said if said != key else (kind or MISSING).replace("_", " ")

    def between(self, low: Any, high: Any) -> str:
        """Bounds of a number that nobody can know more exactly."""
        if low is None or high is None:
            return "–"
        if low == high:
            return self.write.number(low)
        return self.say("between", low=self.write.number(low), high=self.write.number(high))
