"""SQL of the rows that are plainly records: what ``rows`` makes of them, for many at once.

Plain is a count of digits, grouped or not, an id without blanks, a day that was read once for all rows. Every
other row is doubtful: it has no record here and is read by ``rows``, which knows what is wrong with it.
"""

# ruff: noqa: S608 - columns are numbered, values are quoted literals

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.sources.files.layout import Layout
from pipeline.sources.files.mapping import ExportMapping
from pipeline.sources.files.rows import PASSED_ON, ROUNDED
from pipeline.sources.files.table import text
from pipeline.sources.files.values import GROUPS, NOTHING

# Everything that Python strips from a text.
_BLANKS: Final = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
# A time of day behind a day: split off, so that a day is read once and not once a minute.
_CLOCK: Final = "^(.*[^ T])([ T])((?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?)$"
_MIDNIGHT: Final = r"\1\200:00"
# What a number cannot be: a row with it is doubtful.
_DOUBT: Final = -1


def day_key(column: str) -> str:
    """SQL of the day that a cell names, without its time: as many as there are days."""
    return (
        f"case when contains({column}, ':') and regexp_matches({column}, {text(_CLOCK)})"
        f" then regexp_replace({column}, {text(_CLOCK)}, {text(_MIDNIGHT)}) else {column} end"
    )


def seconds(column: str) -> str:
    """SQL of the time of day behind it, 0 where there is none."""
    clock = f"string_split(regexp_extract({column}, {text(_CLOCK)}, 3), ':')"
    return (
        f"case when contains({column}, ':') and regexp_matches({column}, {text(_CLOCK)})"
        f" then 3600 * {clock}[1]::int + 60 * {clock}[2]::int + coalesce({clock}[3]::int, 0) else 0 end"
    )


def number(column: str, decimal: str | None) -> str:
    """SQL of a count, NULL where the cell says that there is none, ``_DOUBT`` where it is not plainly one."""
    signs = [sign for sign in f"{GROUPS}.," if sign != decimal]
    groups = "|".join(f"(?:{re.escape(sign)}[0-9]{{3}}){{1,3}}" for sign in signs)
    points = "".join(sign for sign in ".," if decimal in (None, sign))
    nothing = "|".join(map(re.escape, sorted(NOTHING)))
    return f"""case
        when regexp_full_match({column}, '[0-9]{{1,12}}') then cast({column} as bigint)
        when regexp_full_match({column}, {text(f"(?i){nothing}")}) then null
        when regexp_full_match({column}, {text(f"[1-9][0-9]{{0,2}}(?:{groups})")})
            then cast(regexp_replace({column}, '[^0-9]', '', 'g') as bigint)
        when regexp_full_match({column}, '[0-9]{{1,12}}[{points}]0{{1,2}}')
            then cast(regexp_extract({column}, '^[0-9]+') as bigint)
        else {_DOUBT} end"""


class Rules:
    """SQL for one table. ``cells`` are its rows, ``days`` (``key``, ``day``, ``shift``) the days that count."""

    def __init__(self, mapping: ExportMapping, layout: Layout, start: str, exported: str | None) -> None:
        self._mapping, self._places, self._start = mapping, layout.places, start
        self._width, self._exported = len(layout.headers), exported
        self._texts = {name: layout.places[name] for name in PASSED_ON if name in layout.places}
        self._metrics = [(name, layout.places[name]) for name in mapping.metrics if name in layout.places]

    @property
    def day_column(self) -> str:
        return self._column("day" if self._mapping.kind == "days" else "published")

    def judged(self, ours: Sequence[str] | None, whole: Sequence[str] | None) -> str:
        """SQL of every row: ``n``, ``key``, ``day``, ``record`` (NULL where doubtful), ``other``.

        ``ours``: how the account is written in the file, ``whole`` how it says that counters are of the whole
        life; None where it does not say.
        """
        other = _none_of(self._column("account"), ours) if ours is not None else "false"
        doubts = list(self._doubts())
        if whole is not None:
            doubts.append(_none_of(self._column("period"), whole))
        key = "day" if self._mapping.kind == "days" else "post"
        numbers = {place: number(f"t.c{place}", self._mapping.decimal) for _, place in self._metrics}
        stripped = {place: _stripped(f"t.c{place}") for place in self._texts.values()}
        named = [
            *(f"{sql} as m{place}" for place, sql in numbers.items()),
            *(f"{sql} as s{place}" for place, sql in stripped.items()),
        ]
        return f"""
            select n, cast({key} as varchar) as key, day, other,
                case when not other and not ({" or ".join(doubts)}) then {self._record()} end as record
            from (
                select t.*, d.day, d.shift, {self._post_id()} as post, {", ".join(named)},
                    d.day is not null and t.c{self._width - 1} is not null and {other} as other
                from cells as t left join days as d on d.key = {day_key(f"t.{self.day_column}")}
            )"""

    def _column(self, target: str) -> str:
        return f"c{self._places[target]}"

    def _doubts(self) -> Iterator[str]:
        yield "day is null"
        yield f"c{self._width - 1} is null"
        yield f"c{self._width} is not null"
        yield from dict.fromkeys(f"coalesce(m{place} = {_DOUBT}, false)" for _, place in self._metrics)
        if self._mapping.kind == "days":
            yield " and ".join(f"m{place} is null" for _, place in self._metrics)
        else:
            yield "post is null"

    def _post_id(self) -> str:
        """NULL where it is not plainly an id."""
        if self._mapping.kind == "days":
            return "null"
        parts = [self._column(name) for name in self._mapping.join.get("post_id", ("post_id",))]
        plain = " and ".join(
            f"regexp_full_match(t.{part}, '[!-~]+') and not regexp_full_match(t.{part}, {text(ROUNDED)})"
            for part in parts
        )
        whole = " || '_' || ".join(f"t.{part}" for part in parts)
        pattern = self._mapping.within.get("post_id")
        if pattern is not None:
            whole = f"nullif(regexp_extract({whole}, {text(pattern.pattern)}), '')"
        return f"case when {plain} then {whole} end"

    def _record(self) -> str:
        counts = [f"{text(f',{_quoted(name)}:')} || m{place}" for name, place in self._metrics]
        # `concat` leaves out what is NULL.
        return f"concat({', '.join([text(self._start), *self._facts(), *counts, text('}')])})"

    def _facts(self) -> Iterator[str]:
        yield """',"day":"' || day || '"'"""
        if self._mapping.kind == "days":
            return
        if self._exported:
            yield text(f',"date":"{self._exported}"')
        yield """',"post_id":' || to_json(post)"""
        moment = f"day::timestamp + to_seconds({seconds(self.day_column)} - shift)"
        yield f"""',"published_at":"' || strftime({moment}, '%Y-%m-%dT%H:%M:%SZ') || '"'"""
        for name, place in self._texts.items():
            yield f"{text(f',{_quoted(name)}:')} || to_json(nullif(s{place}, ''))"


def _stripped(column: str) -> str:
    """SQL of the text without blanks around it; looking whether there are any costs less than taking them off."""
    around = text(f"^[{re.escape(_BLANKS)}]|[{re.escape(_BLANKS)}]$")
    return f"case when regexp_matches({column}, {around}) then trim({column}, {text(_BLANKS)}) else {column} end"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _none_of(column: str, texts: Sequence[str]) -> str:
    """SQL that is true where the cell, which is there, is none of the texts."""
    return f"{column} not in ({', '.join(map(text, texts))})" if texts else "true"
