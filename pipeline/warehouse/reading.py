"""Files of records → typed rows, each judged, in one pass of DuckDB's own JSON reader.

A record that is plainly clean (known fields, whole numbers, every number there) costs little more
than reading it. Only a doubtful one is looked at value by value: what does not fit its column is no
row but a case for the quarantine, and fields that nobody declared are kept in ``_unknown``.
"""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters or quoted literals

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.warehouse.names import listed, quoted, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Stream

NUMBERS = ("BIGINT", "DOUBLE", "DECIMAL(18,4)")
# From how many records on it pays to look at a few of them first.
MANY = 20_000
_SAMPLE = 2_000
_MOST_SIGNATURES = 64


@dataclass(frozen=True)
class Reading:
    """How the records of one stream are read. Hashable: its SQL is made once per process."""

    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    day: str

    @classmethod
    def of(cls, stream: Stream) -> Reading:
        return cls(tuple(stream.columns.items()), stream.key, stream.day)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)

    @property
    def shape(self) -> str:
        """The columns as ``json_transform`` wants them."""
        return text(json.dumps(dict(self.columns)))

    @property
    def dated_by_key(self) -> bool:
        """Whether the day follows from the key alone: then an observation is never older than its day."""
        words = set(re.findall(r"\w+", self.day))
        return words.isdisjoint(set(self.names) - set(self.key))

    def typed(self, *types: str) -> list[str]:
        return [name for name, kind in self.columns if kind in types]


# Of each stream, what this process learnt: lists of fields that are clean (as hashes), and whether
# its records are mostly doubtful, for example because numbers are often left out.
_CLEAN: dict[Reading, set[int]] = {}
_CAREFUL: set[Reading] = set()


def expect(con: DuckDBPyConnection, reading: Reading, files: Sequence[str], records: int) -> bool:
    """Prepare for ``records`` in ``files``; says whether doubtful rows should be judged at once."""
    if records > MANY and not _CLEAN.get(reading):
        _learn(con, reading, files)
    return records > MANY or reading in _CAREFUL


def fell_short(con: DuckDBPyConnection, reading: Reading, files: Sequence[str]) -> None:
    """Some rows were doubtful: learn which lists of fields are clean, else be careful from now on.

    Only after the doubtful rows were read: what is learnt changes which rows are called so.
    """
    if not _learn(con, reading, files):
        _CAREFUL.add(reading)


def _learn(con: DuckDBPyConnection, reading: Reading, files: Sequence[str]) -> bool:
    known = _CLEAN.setdefault(reading, set())
    fields = f"[{', '.join(map(text, reading.names))}]"
    found = con.execute(
        f"select distinct hash(keys) from (select json_keys(json) as keys from {records_sql()} limit {_SAMPLE})"
        f" where len(keys) = len(list_distinct(keys)) and list_has_all({fields}, keys) limit {_MOST_SIGNATURES}",
        {"files": list(files[:1])},
    ).fetchall()
    new = {row[0] for row in found} - known
    if len(known) + len(new) > _MOST_SIGNATURES:
        return False
    known |= new
    return bool(new)


def records_sql() -> str:
    """The reader of ``$files``: ``json`` is NULL where a line is no JSON."""
    return "read_ndjson_objects($files, ignore_errors = true)"


def rows_sql(reading: Reading, which: str) -> str:
    """SQL of rows: the stream's columns, ``_hash`` of them all, ``_unknown``, ``json``.

    ``which``: ``plain`` rows, the ``doubtful`` ones that turn out to be rows, or ``all`` of both.
    """
    return _rows_sql(reading, which, tuple(sorted(_CLEAN.get(reading, ()))))


def misfits_sql(reading: Reading, source: str) -> str:
    """SQL of what is no row in ``source`` (json, filename, line): these, ``_reason``, and the key as ``kh``."""
    clean = tuple(sorted(_CLEAN.get(reading, ())))
    return f"""
        select filename, line, json, {reason_sql(reading)} as _reason, {readable_key(reading)} as kh
        from ({_looked_at(reading, clean, source)}) where doubtful and _reason is not null"""


@cache
def _rows_sql(reading: Reading, which: str, clean: tuple[int, ...]) -> str:
    columns = listed(reading.names)
    if which == "plain":
        return f"""select {columns}, _hash, null::json as _unknown, json
            from ({_typed(reading, clean, records_sql())}) where not doubtful"""
    only = "doubtful and" if which == "doubtful" else ""
    return f"""select {columns}, _hash, case when doubtful then {_unknown_sql(reading)} end as _unknown, json
        from ({_looked_at(reading, clean, records_sql())})
        where {only} case when doubtful then {reason_sql(reading)} end is null"""


def _typed(reading: Reading, clean: Sequence[int], source: str) -> str:
    values = ", ".join(f"s.{quoted(name)} as {quoted(name)}" for name in reading.names)
    doubtful = " or ".join(_doubts(reading, clean))
    return f"""
        select * exclude (s), {values}, hash(s) as _hash, coalesce({doubtful}, true) as doubtful
        from (select *, json_transform(json, {reading.shape}) as s from {source})"""


def _looked_at(reading: Reading, clean: Sequence[int], source: str) -> str:
    """With ``keys`` and the JSON ``types`` of the judged columns, both NULL for plain rows."""
    paths = ", ".join(text(_pointer(name)) for name in _judged(reading))
    types = f"case when doubtful then json_type(json, [{paths}]) end" if paths else "[]"
    return f"""
        select *, case when doubtful then json_keys(json) end as keys, {types} as types
        from ({_typed(reading, clean, source)})"""


def _doubts(reading: Reading, clean: Sequence[int]) -> list[str]:
    """Cheap conditions. A record that meets none of them would also be found clean by ``reason_sql``."""
    if clean:
        doubts = ["json is null", f"hash(json_keys(json)) not in ({', '.join(map(str, clean))})"]
    else:
        doubts = ["json is null", f"json_keys(json) <> [{', '.join(map(text, reading.names))}]"]
    doubts += [f"s.{quoted(name)} is null" for name in reading.typed(*NUMBERS, "BOOLEAN")]
    doubts += [f"not isfinite(s.{quoted(name)})" for name in reading.typed("DOUBLE")]
    doubts += [f"s.{quoted(name)} is null" for name in reading.key]
    if pattern := _odd_value(reading):
        doubts.append(f"regexp_matches(json, {text(pattern)})")
    return doubts


def _odd_value(reading: Reading) -> str:
    """A pattern for values that a cast would bend silently.

    12.7 or "12.7" or true for a whole number, true for any number; and for an id, which is text, a
    number that has lost its digits (1.5, 1e30), true, an object or a list.
    """
    whole, numbers = reading.typed("BIGINT"), reading.typed(*NUMBERS)
    ids = [name for name in reading.typed("VARCHAR") if name in reading.key]
    if len(numbers) == len(whole) and not reading.typed("JSON", "BOOLEAN"):
        # Nothing else may hold a fraction, true or an object: a pattern without names, at half the price.
        return r':\s*(?:-?[0-9]+[.eE]|[tf{\[]|"\s*[-+]?[0-9_]*[.eExX][-+0-9a-fA-F_]*\s*")' if numbers or ids else ""
    # A name may be written with escapes: then it is not found below, so it is doubtful by itself.
    patterns = [r'\\[^"]*"\s*:']
    if whole:
        patterns.append(rf'"(?:{_names(whole)})"\s*:\s*"?[^",}}]*[.eExX]')
    if other := [name for name in numbers if name not in whole]:
        patterns.append(rf'"(?:{_names(other)})"\s*:\s*(?:[tf]|"[^"]*[xX])')
    if ids:
        patterns.append(rf'"(?:{_names(ids)})"\s*:\s*(?:-?[0-9]+[.eE]|[tf{{\[])')
    return "|".join(patterns) if len(patterns) > 1 else ""


def _names(names: Sequence[str]) -> str:
    return "|".join(re.escape(json.dumps(name)[1:-1]) for name in names)


def reason_sql(reading: Reading) -> str:
    """Why a doubtful record is no row; NULL when it is one after all."""
    fits = "\n".join(
        f"when {_misfit(reading, nth, name, kind)} then {text(f'{name} does not fit {kind}')}"
        for nth, (name, kind) in enumerate(_judged(reading).items(), start=1)
    )
    keyless = "\n".join(f"when {quoted(name)} is null then {text(f'no value for {name}')}" for name in reading.key)
    return f"""case
        when json is null then 'not JSON'
        when json_type(json) <> 'OBJECT' then 'not an object'
        when len(keys) <> len(list_distinct(keys)) then 'a field comes twice'
        {fits}
        {keyless}
    end"""


def _judged(reading: Reading) -> dict[str, str]:
    """Columns whose JSON type matters. Any value fits a text or JSON column that is no key."""
    wanted = (*NUMBERS, "BOOLEAN")
    return {name: kind for name, kind in reading.columns if kind in wanted or name in reading.key}


def _misfit(reading: Reading, nth: int, name: str, kind: str) -> str:
    """SQL that is true when the record has a value under ``name`` that is not of ``kind``."""
    column, found = quoted(name), f"types[{nth}]"
    value = f"json_extract_string(json, {text(_pointer(name))})"
    wrong = [f"{column} is null"]
    if kind in NUMBERS:
        wrong.append(f"{found} = 'BOOLEAN'")
    if kind == "BIGINT":
        wrong.append(
            f"case {found} when 'DOUBLE' then try_cast({value} as double) % 1 <> 0"
            f" when 'VARCHAR' then regexp_matches({value}, '[.eExX]') end"
        )
    elif kind in NUMBERS:
        wrong.append(f"case {found} when 'VARCHAR' then regexp_matches({value}, '[xX]') end")
    if kind == "DOUBLE":
        wrong.append(f"not isfinite({column})")
    if kind == "VARCHAR" and name in reading.key:
        # A whole number of any length is an id; one with a fraction or exponent has lost its digits.
        wrong.append(f"{found} in ('BOOLEAN', 'OBJECT', 'ARRAY')")
        wrong.append(f"{found} = 'DOUBLE' and regexp_matches({column}, '[.eE]')")
    return f"coalesce({found}, 'NULL') <> 'NULL' and ({' or '.join(wrong)})"


def _unknown_sql(reading: Reading) -> str:
    fields = f"[{', '.join(map(text, reading.names))}]"
    forget = text(json.dumps(dict.fromkeys(reading.names)))
    return f"case when not list_has_all({fields}, keys) then json_merge_patch(json, {forget}) end"


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def key_hash(reading: Reading, prefix: str = "") -> str:
    """SQL of one number that stands for the record's key."""
    return f"hash({listed(reading.key, prefix)})"


def readable_key(reading: Reading) -> str:
    """The same, NULL where the key cannot be read."""
    readable = " and ".join(f"{quoted(key)} is not null" for key in reading.key)
    return f"case when {readable} then {key_hash(reading)} end"
