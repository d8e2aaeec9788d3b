"""Suites as data: ``expectations/<schema>.<table>.json`` read and checked before anything runs.

A suite that is missing, empty, unparsable or incomplete is a ``QualityError`` that names the file
and what to do. A gate without its suite must never pass, so there is no lenient way to read one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.errors import QualityError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SEVERITIES = ("critical", "warning", "info")
QUERY = "unexpected_rows_expectation"
BATCH = "{batch}"


@dataclass(frozen=True)
class Expectation:
    """One rule of a suite, as written; ``raw`` is what Great Expectations gets."""

    id: str
    type: str
    kwargs: Mapping[str, object]
    severity: str
    reason: str
    owner: str
    column: str | None
    raw: Mapping[str, object]

    @property
    def query(self) -> str | None:
        """The SQL that gives the unexpected rows, None for expectations of other types."""
        return str(self.kwargs["unexpected_rows_query"]) if self.type == QUERY else None


@dataclass(frozen=True)
class Suite:
    """The rules of one relation. ``name`` equals the relation and the file's stem."""

    name: str
    file: Path
    expectations: tuple[Expectation, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the rules: no column that is none of them is read by one."""
        return frozenset(re.findall(r"\w+", json.dumps([dict(rule.kwargs) for rule in self.expectations])))


def read(folder: Path, relation: str) -> Suite:
    """Reads the suite of ``relation``. Raises QualityError, which names the file and the remedy."""
    file = folder / f"{relation}.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise QualityError(
            f"{file}: there is no suite for {relation}; write one, an unchecked table is never published"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise QualityError(f"{file}: the suite cannot be read ({error}); restore the file") from error
    except ValueError as error:
        raise QualityError(f"{file}: not valid JSON ({error}); mend the file") from error
    if not isinstance(content, dict) or content.get("name") != relation:
        raise QualityError(f'{file}: must be an object with "name": "{relation}", the relation it checks')
    entries = content.get("expectations")
    if not isinstance(entries, list) or not entries:
        raise QualityError(f"{file}: holds no expectation; an empty suite would pass on anything, write at least one")
    suite = Suite(relation, file, tuple(_expectation(file, number, entry) for number, entry in enumerate(entries, 1)))
    _refuse_doubles(suite)
    return suite


def _expectation(file: Path, number: int, entry: object) -> Expectation:
    """Checks what Great Expectations would let pass: ids, severity, reason, owner, the batch."""
    where = f"{file}: expectation {number}"
    if not isinstance(entry, dict):
        raise QualityError(f"{where} is not an object; write type, kwargs, severity, meta and id")
    identity, kind, kwargs, meta = (entry.get(name) for name in ("id", "type", "kwargs", "meta"))
    if not isinstance(identity, str) or not identity:
        raise QualityError(f'{where} has no "id"; give it a stable name, results are followed by it')
    where = f"{file}: {identity}"
    if not isinstance(kind, str) or not isinstance(kwargs, dict) or not isinstance(meta, dict):
        raise QualityError(f'{where} needs "type" (text), "kwargs" (object) and "meta" (object)')
    severity = entry.get("severity")
    if severity not in SEVERITIES:
        raise QualityError(f"{where} has severity {severity!r}; write one of {', '.join(SEVERITIES)}")
    for name in ("reason", "owner"):
        if not isinstance(meta.get(name), str) or not meta[name].strip():
            raise QualityError(f"{where} has no meta.{name}; say why the rule exists and who answers for it")
    if kind == QUERY and BATCH not in str(kwargs.get("unexpected_rows_query", "")):
        raise QualityError(f"{where}: unexpected_rows_query must read {BATCH}, or it checks other rows than the gate's")
    column = kwargs.get("column", meta.get("column"))
    return Expectation(
        id=identity,
        type=kind,
        kwargs=kwargs,
        severity=str(severity),
        reason=meta["reason"].strip(),
        owner=meta["owner"].strip(),
        column=None if column is None else str(column),
        raw=entry,
    )


def _refuse_doubles(suite: Suite) -> None:
    seen: set[str] = set()
    for expectation in suite.expectations:
        if expectation.id in seen:
            raise QualityError(f"{suite.file}: the id {expectation.id} appears twice; results could not be told apart")
        seen.add(expectation.id)
