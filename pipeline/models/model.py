"""One model: a SELECT with the directives that stand in its first comment lines.

::

    -- grain: one row per platform, account, day      what a row is (every file)
    -- key: platform, account, day                    the columns that identify it (tables)
    -- rebuild: whole                                 built anew every time, or
    -- rebuild: day                                   rows from the touched day on are replaced
    -- rebuild: day from 28 days before               rows from 28 days before it on
    -- rebuild: day from the reach of its nights      rows from the earliest day that these nights read
    -- also: select min(day) from …                   SQL that may find an earlier day still
    -- month: day                                     the column by which Parquet is split (marts)
    -- sums: reach_1d, because …                      a metric that is summed although it is not additive
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipeline.errors import ModelError

WHOLE = "whole"

_DIRECTIVE = re.compile(r"^-- (?P<name>grain|key|rebuild|also|month|sums): (?P<text>.+)$")
_CONTINUED = re.compile(r"^--   (?P<text>.+)$")
_REBUILD = re.compile(r"(?P<column>\w+)(?: from (?:(?P<days>\d+) days before|(?P<reach>the reach of its nights)))?")


@dataclass(frozen=True)
class Model:
    """One relation of the warehouse and how it is made.

    ``rebuild`` is ``whole`` or the column from whose touched day on rows are replaced. ``reach``: that
    day moves back to the earliest day that the nights from it on have read. ``also``: SQL that gives an
    even earlier day, or NULL. ``sums``: metrics that the model may sum although they are not additive.
    """

    relation: str
    file: Path
    sql: str
    kind: Literal["view", "table"]
    depends_on: frozenset[str]
    grain: str
    key: tuple[str, ...] = ()
    rebuild: str = WHOLE
    days_before: int = 0
    month: str | None = None
    reach: bool = False
    also: str | None = None
    sums: frozenset[str] = field(default=frozenset())

    @property
    def name(self) -> str:
        """The file as people know it: ``sql/kpi/post.sql``."""
        return "/".join(self.file.parts[-3:])


def fingerprint(models: Iterable[Model]) -> str:
    """Changes when the SQL of any model does: then every table is built anew."""
    digest = hashlib.sha256()
    for model in sorted(models, key=lambda model: model.relation):
        digest.update(f"{model.relation}\0{model.sql}\0".encode())
    return digest.hexdigest()


def directives(file: Path, sql: str) -> dict[str, str]:
    """The directives in the first comment lines. ModelError on one that is given twice."""
    found: dict[str, str] = {}
    last: str | None = None
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        if match := _DIRECTIVE.match(line):
            last = match["name"]
            if last in found:
                raise ModelError(f"{file}: directive {last!r} is given twice")
            found[last] = match["text"].strip()
        elif last and (more := _CONTINUED.match(line)):
            found[last] += f" {more['text'].strip()}"
        else:
            last = None
    if "grain" not in found:
        raise ModelError(f"{file}: the first comment line must say the grain (-- grain: one row per …)")
    return found


def table_terms(file: Path, found: dict[str, str]) -> tuple[tuple[str, ...], str, int, bool]:
    """Key, rebuild column, days before, reach. ModelError where a table does not say them."""
    for name in ("key", "rebuild"):
        if name not in found:
            raise ModelError(f"{file}: a table must say its {name} (-- {name}: …)")
    match = _REBUILD.fullmatch(found["rebuild"])
    if match is None:
        raise ModelError(f"{file}: cannot read the directive rebuild: {found['rebuild']}")
    key = tuple(column.strip() for column in found["key"].split(","))
    return key, match["column"], int(match["days"] or 0), match["reach"] is not None
