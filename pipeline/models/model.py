"""One model: a SELECT with the directives that stand in its first comment lines.

::

    -- grain: one row per platform, account, day      what a row is (every file)
    -- key: platform, account, day                    the columns that identify it (tables)
    -- rebuild: whole                                 built anew every time, or
    -- rebuild: whole for readers                     only in nights that people will read, or
    -- rebuild: day                                   rows from the touched day on are replaced
    -- rebuild: day from 28 days before               rows from 28 days before it on
    -- rebuild: night as observed                     rows from the earliest night that observed something on;
                                                      such a table reads observations alone (staging)
    -- rebuild: day from the reach of its nights      rows from the earliest day that these nights read
    -- also: select min(day) from …                   SQL that may find an earlier day still
    -- month: day                                     the column by which Parquet is split (marts)
    -- rebuild: day from the first of its month       rows from the first day of that month on
    -- sums: reach_1d, because …                      a metric that is grouped although it is not additive
    -- computed: NAME from conversion.a, seed.b       temp.NAME is what the statistics of that name make of these
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pipeline.errors import ModelError

WHOLE = "whole"
MARTS: Final = ("kpi", "conversion")

_DIRECTIVE = re.compile(r"^-- (?P<name>grain|key|rebuild|also|month|sums|computed): (?P<text>.+)$")
_CONTINUED = re.compile(r"^--   (?P<text>.+)$")
_REBUILD = re.compile(
    r"(?P<column>\w+)(?P<readers> for readers)?(?P<observed> as observed)?"
    r"(?: from (?:(?P<days>\d+) days before|(?P<reach>the reach of its nights)"
    r"|(?P<month>the first of its month)))?"
)
_COMPUTED = re.compile(r"(?P<name>\w+) from (?P<reads>\w+\.\w+(?:, \w+\.\w+)*)")


@dataclass(frozen=True)
class Model:
    """One relation of the warehouse and how it is made.

    ``rebuild`` is ``whole`` or the column from whose touched day on rows are replaced. ``reach``: that
    day moves back to the earliest day that the nights from it on have read. ``also``: SQL that gives an
    even earlier day, or NULL. ``whole_months``: it moves back to the first of its month. ``sums``: metrics
    that the model may add up, average or pick one of although they are not additive. ``computed``: the
    name of the statistics whose rows the SQL reads as ``temp.<name>``. ``for_readers``: costly, and worth
    nothing in a night of a replay that nobody reads. ``as_observed``: the column is the night of an observation.
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
    whole_months: bool = False
    computed: str | None = None
    for_readers: bool = False
    as_observed: bool = False
    sums: frozenset[str] = field(default=frozenset())

    @property
    def is_mart(self) -> bool:
        """Published, and judged by the second gate."""
        return self.relation.partition(".")[0] in MARTS

    @property
    def name(self) -> str:
        """The file as people know it: ``sql/kpi/post.sql``."""
        return "/".join(self.file.parts[-3:])


def fingerprint(models: Iterable[Model]) -> str:
    """Changes when the SQL of any model or the statistics behind one do: then every table is built anew."""
    digest = hashlib.sha256()
    for model in sorted(models, key=lambda model: model.relation):
        digest.update(f"{model.relation}\0{model.sql}\0".encode())
        if model.computed:
            digest.update(_statistics())
    return digest.hexdigest()


@cache
def _statistics() -> bytes:
    """A mark of the code that computes tables."""
    import pipeline.stats

    folder = Path(pipeline.stats.__file__).parent
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(folder.rglob("*.py")))).digest()


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


@dataclass(frozen=True)
class Terms:
    """What the directives of a table say of it."""

    key: tuple[str, ...]
    rebuild: str
    days_before: int
    reach: bool
    whole_months: bool
    computed: str | None
    for_readers: bool
    as_observed: bool
    reads: frozenset[str]


def table_terms(file: Path, found: dict[str, str]) -> Terms:
    """The terms of a table. ModelError where it does not say them, or in words that nobody understands."""
    for name in ("key", "rebuild"):
        if name not in found:
            raise ModelError(f"{file}: a table must say its {name} (-- {name}: …)")
    rebuild = _matched(file, found, "rebuild", _REBUILD)
    if rebuild["readers"] and rebuild["column"] != WHOLE:
        raise ModelError(f"{file}: only a table that is built whole can be built for readers alone")
    computed = _matched(file, found, "computed", _COMPUTED) if "computed" in found else None
    return Terms(
        key=tuple(column.strip() for column in found["key"].split(",")),
        rebuild=rebuild["column"],
        days_before=int(rebuild["days"] or 0),
        reach=rebuild["reach"] is not None,
        whole_months=rebuild["month"] is not None,
        computed=computed["name"] if computed else None,
        for_readers=rebuild["readers"] is not None,
        as_observed=rebuild["observed"] is not None,
        reads=frozenset(computed["reads"].split(", ")) if computed else frozenset(),
    )


def _matched(file: Path, found: dict[str, str], name: str, form: re.Pattern[str]) -> re.Match[str]:
    match = form.fullmatch(found[name])
    if match is None:
        raise ModelError(f"{file}: cannot read the directive {name}: {found[name]}")
    return match
