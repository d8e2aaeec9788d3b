"""A first draft of a relation's rules, from how its numbers were spread over the last nights.

A draft says what was, not what is right: a fault that was always there looks like a rule. It is for a person to
read, to give reasons to, and to throw half of away.
"""

# ruff: noqa: S608 - relations and columns are the project's own

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import QualityError
from pipeline.quality.linting import KEYS

if TYPE_CHECKING:
    from datetime import date

    import duckdb

NIGHTS: Final = 60
# Two weeks show what a weekday does; of less nobody can say what is usual.
FEWEST: Final = 14
_NUMBERS: Final = ("BIGINT", "HUGEINT", "INTEGER", "DOUBLE", "DECIMAL", "UBIGINT")
# How much more than ever was seen is still nothing to tell of.
_MORE_MISSING, _MORE_ROWS, _WIDER = 0.05, 2, 3

Rule = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """What a relation is made of. ``day``: the column that says of which day or night a row is."""

    relation: str
    key: Sequence[str]
    day: str
    columns: Mapping[str, str]
    begins_with_unit: bool

    @property
    def shown(self) -> list[str]:
        """The columns that an unexpected row is shown with: whose it is, and its key as far as it is no text."""
        first = ["platform", "account"] if self.begins_with_unit else []
        return list(dict.fromkeys([*first, *(name for name in self.key if name in KEYS)]))


@dataclass(frozen=True)
class Spread:
    """How the values of a column were spread over the nights.

    ``missing``: by platform (None where rows have none) the largest share of a night that was NULL.
    """

    missing: Mapping[str | None, float]
    least: float | None
    low: float | None
    high: float | None


def propose(con: duckdb.DuckDBPyConnection, shape: Shape) -> Rule:
    """A suite in Great Expectations' own form for the relation, from its last ``NIGHTS`` nights.

    Raises QualityError where there are fewer than ``FEWEST`` of them.
    """
    until, nights = _nights(con, shape)
    if until is None or nights < FEWEST:
        raise QualityError(
            f"{shape.relation} has {nights} nights, and what is usual shows in {FEWEST} at least: run more nights first"
        )
    seen = f"In the {nights} nights to {until}"
    rules = [_unique(shape), _rows(con, shape, until, seen)]
    for name, kind in shape.columns.items():
        if name not in shape.key and name != shape.day:
            rules += _of_column(shape, name, _spread(con, shape, name, kind, until), seen)
    return {"name": shape.relation, "expectations": rules}


def _nights(con: duckdb.DuckDBPyConnection, shape: Shape) -> tuple[date | None, int]:
    until, nights = con.execute(
        f"select max({shape.day}), count(distinct {shape.day}) from {shape.relation}"
        f" where {shape.day} > (select max({shape.day}) from {shape.relation}) - {NIGHTS}"
    ).fetchall()[0]
    return until, nights


def _spread(con: duckdb.DuckDBPyConnection, shape: Shape, name: str, kind: str, until: date) -> Spread:
    """The hundredth and the ninety-ninth part of the values, and the worst night's missing ones."""
    since = f"{shape.day} > date '{until}' - {NIGHTS}"
    whose = "platform" if "platform" in shape.columns else "cast(null as varchar)"
    missing = dict(
        con.execute(
            f'select platform, max(missing) from (select {whose} as platform, 1 - count("{name}") / count(*) as missing'
            f" from {shape.relation} where {since} group by {shape.day}, {whose}) group by platform order by platform"
        ).fetchall()
    )
    if not kind.startswith(_NUMBERS):
        return Spread(missing, None, None, None)
    least, low, high = con.execute(
        f'select min(v), quantile_cont(v, 0.01), quantile_cont(v, 0.99) from (select cast("{name}" as double) as v'
        f" from {shape.relation} where {since})"
    ).fetchall()[0]
    return Spread(missing, least, low, high)


def _unique(shape: Shape) -> Rule:
    key = ", ".join(shape.key)
    shown = ", ".join(shape.shown)
    return _rule(
        "key_unique",
        "critical",
        f"select {f'{shown}, ' if shown else ''}count(*) as copies from {{batch}} group by {key} having count(*) > 1",
        key,
        "A row that is there twice counts twice in every sum that is made of it.",
    )


def _rows(con: duckdb.DuckDBPyConnection, shape: Shape, until: date, seen: str) -> Rule:
    by = "platform, account, " if shape.begins_with_unit else ""
    least, most = con.execute(
        f"select min(rows), max(rows) from (select count(*) as rows from {shape.relation}"
        f" where {shape.day} > date '{until}' - {NIGHTS} group by {by}{shape.day})"
    ).fetchall()[0]
    low, high = least // _MORE_ROWS, most * _MORE_ROWS
    whose = " of an account" if shape.begins_with_unit else ""
    # of a unit that sent nothing there is no row to count
    bounds = f"> {high}" if shape.begins_with_unit else f"not between {low} and {high}"
    return _rule(
        "rows_as_usual",
        "warning",
        f"select {by}{shape.day}, count(*) as rows from {{batch}} group by {by}{shape.day} having count(*) {bounds}",
        shape.day,
        f"{seen} there were {least} to {most} rows a night{whose}; much fewer or more are a part that is lost, or there"
        " twice.",
    )


def _of_column(shape: Shape, name: str, spread: Spread, seen: str) -> Iterator[Rule]:
    told = {platform: share for platform, share in spread.missing.items() if share < 1}
    if told:
        yield _told(shape, name, told, always=len(told) == len(spread.missing) and not any(told.values()), seen=seen)
    if spread.least is None or spread.low is None or spread.high is None:
        return
    shown = ", ".join(dict.fromkeys([*shape.shown, name]))
    if spread.least >= 0:
        yield _rule(
            f"{name}_not_negative",
            "warning",
            f"select {shown} from {{batch}} where {name} < 0",
            name,
            f"{seen} {name} was never below 0.",
        )
    width = spread.high - spread.low
    if width > 0:
        low, high = spread.low - _WIDER * width, spread.high + _WIDER * width
        bound = f"{name} > {high:.6g}" if spread.least >= 0 else f"{name} not between {low:.6g} and {high:.6g}"
        yield _rule(
            f"{name}_in_its_range",
            "info",
            f"select {shown} from {{batch}} where {bound}",
            name,
            f"{seen} {name} was nearly always between {spread.low:.6g} and {spread.high:.6g}.",
        )


def _told(shape: Shape, name: str, missing: Mapping[str | None, float], *, always: bool, seen: str) -> Rule:
    """That it is not missing more often than ever; what a platform never told is not expected of it."""
    if always:
        query = f"select {', '.join(shape.shown) or '1 as row'} from {{batch}} where {name} is null"
        return _rule(f"{name}_is_told", "warning", query, name, f"{seen} {name} was told in every row.")
    limits = {platform: min(1.0, share + _MORE_MISSING) for platform, share in missing.items()}
    if None in limits:
        by, limit = shape.day, f"{limits[None]:.4g}"
    else:
        by = ", ".join(["platform", *(["account"] if shape.begins_with_unit else []), shape.day])
        cases = " ".join(f"when '{platform}' then {share:.4g}" for platform, share in limits.items())
        limit = f"case platform {cases} end"
    query = (
        f"select {by}, count(*) as rows, count(*) - count({name}) as missing from {{batch}} group by {by}"
        f" having count(*) - count({name}) > {limit} * count(*)"
    )
    shares = ", ".join(f"{share:.1%}{f' ({platform})' if platform else ''}" for platform, share in missing.items())
    return _rule(f"{name}_is_told", "warning", query, name, f"{seen} a night's missing {name} were at most {shares}.")


def _rule(identity: str, severity: str, query: str, column: str, reason: str) -> Rule:
    return {
        "id": identity,
        "type": "unexpected_rows_expectation",
        "severity": severity,
        "kwargs": {"unexpected_rows_query": query},
        "meta": {"reason": reason, "owner": "data", "column": column},
    }
