"""Files of records → ``stage``: typed rows, each judged. One pass of DuckDB's own JSON reader.

A record that is plainly clean (known keys, whole numbers, every number there) costs nothing more
than reading it. Only a doubtful one keeps its text and is looked at value by value: what does not
fit its column is set aside with the reason, fields that nobody declared are kept in ``_unknown``.
"""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters or quoted literals

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from pipeline.warehouse.names import listed, quoted, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Stream

# A larger record is not a record of a social platform; the reader keeps buffers of twice this.
LARGEST_RECORD = 16 * 2**20
# Key signatures (hashes of a record's list of keys) seen to be clean, by stream; for one process.
_CLEAN: dict[Reading, set[int]] = {}
_MOST_SIGNATURES = 64


@dataclass(frozen=True)
class Reading:
    """How the records of one stream are read. Hashable: the SQL is made once per process."""

    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    day: str

    @classmethod
    def of(cls, stream: Stream) -> Reading:
        return cls(tuple(stream.columns.items()), stream.key, stream.day)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)

    def typed(self, *types: str) -> list[str]:
        return [name for name, kind in self.columns if kind in types]


NUMBERS = ("BIGINT", "DOUBLE", "DECIMAL(18,4)")


def stage(con: DuckDBPyConnection, reading: Reading, files: Sequence[str], night: date) -> None:
    """Fill the temporary table ``stage`` from ``files``.

    Columns: the stream's, then ``_hash`` (of all typed values), ``_day``, ``_unknown`` (JSON),
    ``_reason`` (why it is no row, else NULL); ``_file`` and ``_json`` of rows that ``judge`` must see
    before anything is believed of them.
    """
    known = ", ".join(map(str, sorted(_CLEAN.get(reading, ()))))
    con.execute(_stage_sql(reading, known), {"files": list(files), "night": night})


def judge(con: DuckDBPyConnection, reading: Reading) -> None:
    """Look at the doubtful rows of ``stage`` value by value: give each its reason or clear it."""
    con.execute(_judge_sql(reading))
    _learn(con, reading, _CLEAN.setdefault(reading, set()))


@cache
def _stage_sql(reading: Reading, clean: str) -> str:
    shape = text(json.dumps(dict(reading.columns)))
    values = ", ".join(f"s.{quoted(name)} as {quoted(name)}" for name in reading.names)
    doubt = " or ".join(_doubts(reading, clean))
    return f"""
        create or replace temp table stage as
        select *, coalesce(try(cast(({reading.day}) as date)), $night::date) as _day
        from (
            select {values}, hash(s) as _hash, null::json as _unknown, null::varchar as _reason,
                case when doubtful then json end as _json, case when doubtful then filename end as _file
            from (
                select *, coalesce({doubt}, true) as doubtful
                from (
                    select json, filename, json_transform(json, {shape}) as s
                    from read_ndjson_objects($files, filename = true, ignore_errors = true,
                        maximum_object_size = {LARGEST_RECORD})
                )
            )
        )"""


def _doubts(reading: Reading, clean: str) -> list[str]:
    """Cheap conditions; a record that meets none of them needs no second look."""
    doubts = ["json is null"]
    plain = f"json_keys(json) = [{', '.join(map(text, reading.names))}]"
    doubts.append(f"hash(json_keys(json)) not in ({clean})" if clean else f"not ({plain})")
    doubts += [f"s.{quoted(name)} is null" for name in reading.typed(*NUMBERS, "BOOLEAN")]
    doubts += [f"not isfinite(s.{quoted(name)})" for name in reading.typed("DOUBLE")]
    if numbers := reading.typed(*NUMBERS):
        doubts.append(_odd_number(reading, numbers))
    for name in reading.key:
        column = f"s.{quoted(name)}"
        doubts.append(f"{column} is null")
        if name in reading.typed("VARCHAR"):
            # As text, a number that is no id (1.5), true and objects would pass for an id.
            doubts.append(rf"regexp_matches({column}, '^(-?[0-9]+\.[0-9]|true|false|null|[\[{{])')")
    return doubts


def _odd_number(reading: Reading, numbers: Sequence[str]) -> str:
    """Numbers that a cast would bend silently: 12.7 or "12.7" or true for a whole number."""
    if len(numbers) == len(reading.typed("BIGINT")) and not reading.typed("JSON", "BOOLEAN"):
        # Nothing else holds a fraction or true, so a pattern without names does, at half the price.
        pattern = r':\s*(?:"?\s*[-+]?(?:[0-9]+[.eExX_]|\.)|[tf])'
        return f"regexp_matches(json, {text(pattern)})"
    whole = "|".join(re.escape(json.dumps(name)[1:-1]) for name in reading.typed("BIGINT"))
    other = "|".join(re.escape(json.dumps(name)[1:-1]) for name in numbers if name not in reading.typed("BIGINT"))
    parts = []
    if whole:
        parts.append(rf'"(?:{whole})"\s*:\s*"?[^",}}]*[.eExX_]')
    if other:
        parts.append(rf'"(?:{other})"\s*:\s*"?\s*(?:[tfxX_]|[-+]?[0-9]+[xX_])')
    return f"regexp_matches(json, {text('|'.join(parts))})"


@cache
def _judge_sql(reading: Reading) -> str:
    forget = text(json.dumps(dict.fromkeys(reading.names)))
    misfits = "\n".join(
        f"when {_misfit(reading, name, kind)} then {text(f'{name} does not fit {kind}')}"
        for name, kind in reading.columns
        if kind in NUMBERS or kind == "BOOLEAN" or name in reading.key
    )
    keyless = "\n".join(f"when {quoted(name)} is null then {text(f'no value for {name}')}" for name in reading.key)
    return f"""
        update stage set
            _reason = case
                when _json is null then 'not JSON'
                when json_type(_json) <> 'OBJECT' then 'not an object'
                when len(json_keys(_json)) <> len(list_distinct(json_keys(_json))) then 'a field comes twice'
                {misfits}
                {keyless}
            end,
            _unknown = case
                when json_type(_json) = 'OBJECT' and not list_has_all([{", ".join(map(text, reading.names))}],
                    json_keys(_json))
                then json_merge_patch(_json, {forget})
            end
        where _file is not null"""


def _misfit(reading: Reading, name: str, kind: str) -> str:
    """SQL that is true when the record has a value under ``name`` that is not of ``kind``."""
    path = text("/" + name.replace("~", "~0").replace("/", "~1"))
    found, column = f"json_type(_json, {path})", quoted(name)
    value = f"json_extract_string(_json, {path})"
    wrong = [f"{column} is null"]
    if kind in NUMBERS:
        wrong.append(f"{found} = 'BOOLEAN'")
    if kind == "BIGINT":
        wrong.append(f"{found} = 'DOUBLE' and try_cast({value} as double) % 1 <> 0")
        wrong.append(rf"{found} = 'VARCHAR' and not regexp_full_match(trim({value}), '[-+]?[0-9]+')")
    elif kind in NUMBERS:
        wrong.append(rf"{found} = 'VARCHAR' and not regexp_full_match(trim({value}), '[-+]?[0-9.]+([eE][-+]?[0-9]+)?')")
    if kind == "DOUBLE":
        wrong.append(f"not isfinite({column})")
    if kind == "VARCHAR" and name in reading.key:
        wrong.append(f"{found} in ('DOUBLE', 'BOOLEAN', 'OBJECT', 'ARRAY')")
    return f"coalesce({found}, 'NULL') <> 'NULL' and ({' or '.join(wrong)})"


def _learn(con: DuckDBPyConnection, reading: Reading, clean: set[int]) -> None:
    """Remember the key signatures of records that turned out clean: the next file passes at once."""
    if len(clean) > _MOST_SIGNATURES:
        return
    found = con.execute(
        "select distinct hash(json_keys(_json)) from stage"
        " where _file is not null and _reason is null and _unknown is null limit ?",
        [_MOST_SIGNATURES],
    ).fetchall()
    clean.update(row[0] for row in found)
    if clean:
        plain = con.execute(f"select hash([{', '.join(map(text, reading.names))}])").fetchone()
        clean.add(plain[0] if plain else 0)


def key_hash(reading: Reading, prefix: str = "") -> str:
    """SQL of one number that stands for the record's key."""
    return f"hash({listed(reading.key, prefix)})"
