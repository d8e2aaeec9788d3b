"""Which column of an export is which of our numbers: one small YAML file per export, or a user's own.

::

    platform: x                    whose export it is; without it --platform is asked for
    of: days                       days (a row a day) or posts (a row a post, counters of its whole life)
    time_zone: America/Los_Angeles the zone in which the platform cuts its days, where it is known
    day_order: {en: mdy}           03/04/2026 in this language; without it such a day is refused
    decimal: ","                   only where "1,234" means one and a bit
    sheets: [Metrics]              the sheets of a workbook that are meant, the first that is there
    columns:
      day: {en: [Date], fr: [Date, Jour]}
      impressions: {en: [Impressions (total)]}
    unused: [Engagement rate]      columns that are known and say nothing that we keep
    titles:                        tables of day and value, whose name stands in a line above
      reach_1d: {en: [Facebook reach]}
    join: {post_id: [account, post_id]}      our id is made of these, with _ between
    within: {post_id: 'urn:li:share:\\d+'}    our id is what this pattern finds in the cell
    lifetime: {en: [Lifetime]}     what the column `period` must say of counters of posts
    total: {en: [Total]}           how a row of totals begins
    unconfirmed: the French names  what nobody has compared with a real file yet: a dry run says so
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import yaml

from pipeline.errors import ConfigError
from pipeline.sources.files.columns import METRICS, NEEDED, OTHERS, Kind
from pipeline.sources.files.values import Order, plain

FOLDER: Final = Path(__file__).parent / "exports"
LANGUAGES: Final = ("en", "fr")
_PARTS: Final = {
    *("platform", "of", "time_zone", "day_order", "decimal", "sheets", "columns", "unused"),
    *("titles", "join", "within", "lifetime", "total", "unconfirmed"),
}


@dataclass(frozen=True)
class ExportMapping:
    """One export's mapping. Names are ``plain``: letter case and kinds of spaces make no difference."""

    name: str
    kind: Kind
    columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    platform: str | None = None
    time_zone: str | None = None
    day_order: Mapping[str, Order] = field(default_factory=dict)
    decimal: str | None = None
    sheets: tuple[str, ...] = ()
    unused: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)
    join: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    lifetime: frozenset[str] = frozenset()
    total: frozenset[str] = frozenset()
    unconfirmed: str | None = None
    file: Path = FOLDER

    @property
    def needed(self) -> tuple[str, ...]:
        return (*NEEDED[self.kind], "value") if self.titles else NEEDED[self.kind]

    @property
    def metrics(self) -> tuple[str, ...]:
        return METRICS[self.kind]

    @property
    def same(self) -> str:
        """How a second row of one day or post is spoken of."""
        return "the same day" if self.kind == "days" else "the same post"


def known() -> tuple[str, ...]:
    """The exports that come with a mapping."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yml")))


def read_mapping(name: str) -> ExportMapping:
    """The mapping of that name, or the one in the file of that path. ConfigError says what is wrong with it."""
    file = FOLDER / f"{name}.yml"
    if name not in known():
        file = Path(name)
        if file.suffix not in (".yml", ".yaml") or not file.is_file():
            raise ConfigError(f"--mapping {name}: neither a file .yml nor one of {', '.join(known())}")
    try:
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {' '.join(str(error).split())}") from None
    try:
        return replace(_mapping(file.stem, written), file=file)
    except ValueError as fault:
        raise ConfigError(f"{file}: {fault}") from None


def _mapping(name: str, written: Any) -> ExportMapping:
    if not isinstance(written, dict):
        raise ValueError("is no mapping: it needs `of` and `columns`")  # noqa: TRY004 - told as one sentence
    if strange := sorted(map(str, written.keys() - _PARTS)):
        raise ValueError(f"unknown parts {', '.join(strange)}")
    kind = cast("Kind", written.get("of"))
    if kind not in METRICS:
        raise ValueError("`of` must be days or posts")
    allowed = {*METRICS[kind], *OTHERS[kind]}
    columns = {target: _names(names, target) for target, names in _table(written, "columns").items()}
    titles = {target: _names(names, target) for target, names in _table(written, "titles").items()}
    if strange := sorted({*columns, *titles} - allowed):
        raise ValueError(f"{', '.join(strange)}: no column of ours; there are {', '.join(sorted(allowed))}")
    for target in (*NEEDED[kind], *(["value"] if titles else [])):
        if target not in columns:
            raise ValueError(f"`columns` lacks {target}")
    if not titles and not any(metric in columns for metric in METRICS[kind]):
        raise ValueError("`columns` has no metric")
    found = ExportMapping(
        name=name,
        kind=kind,
        columns=columns,
        platform=_text(written, "platform"),
        time_zone=_zone(written),
        day_order=_day_order(written),
        decimal=_text(written, "decimal"),
        sheets=_listed(written, "sheets"),
        unused=frozenset(map(plain, _listed(written, "unused"))),
        titles={title: metric for metric, names in titles.items() for title in _all(names)},
        join={target: tuple(map(str, parts)) for target, parts in _table(written, "join").items()},
        within={target: _pattern(text) for target, text in _table(written, "within").items()},
        lifetime=frozenset(_all(_names(written.get("lifetime", {}), "lifetime"))),
        total=frozenset(_all(_names(written.get("total", {}), "total"))),
        unconfirmed=_text(written, "unconfirmed"),
    )
    _check(found)
    return found


def _check(found: ExportMapping) -> None:
    if found.decimal not in (None, ".", ","):
        raise ValueError('`decimal` must be "." or ","')
    for part, targets in (("join", found.join), ("within", found.within)):
        for target in targets:
            if target not in found.columns:
                raise ValueError(f"`{part}` speaks of {target}, which `columns` lacks")
    for parts in found.join.values():
        if strange := sorted(set(parts) - found.columns.keys()):
            raise ValueError(f"`join` speaks of {', '.join(strange)}, which `columns` lacks")
    seen: dict[tuple[str, str], str] = {}
    for target, by_language in found.columns.items():
        for language, names in by_language.items():
            for name in names:
                other = seen.setdefault((language, name), target)
                # One column may be several numbers of ours, but never a number and a name.
                if other != target and not {other, target} <= set(found.metrics):
                    raise ValueError(f"{name!r} is named for {other} and for {target}")


def _table(written: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    value = written.get(part) or {}
    if not isinstance(value, dict):
        raise ValueError(f"`{part}` must be a table of names")  # noqa: TRY004 - told as one sentence
    return {str(key): each for key, each in value.items()}


def _names(value: Any, of: str) -> Mapping[str, tuple[str, ...]]:
    """By language; a plain list counts for every language."""
    if isinstance(value, (str, list)):
        value = dict.fromkeys(LANGUAGES, value)
    if not isinstance(value, dict) or value.keys() - set(LANGUAGES):
        raise ValueError(f"{of}: must be a list of names, or one each for {' and '.join(LANGUAGES)}")
    return {language: tuple(map(plain, _strings(names, of))) for language, names in value.items()}


def _strings(value: Any, of: str) -> Iterator[str]:
    for each in [value] if isinstance(value, str) else value or ():
        if not isinstance(each, str):
            raise ValueError(f"{of}: {each!r} is no name: write it between quotes")  # noqa: TRY004
        yield each


def _all(names: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for each in names.values():
        yield from each


def _listed(written: Mapping[str, Any], part: str) -> tuple[str, ...]:
    return tuple(_strings(written.get(part), part))


def _text(written: Mapping[str, Any], part: str) -> str | None:
    value = written.get(part)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"`{part}` must be a text")
    return value


def _zone(written: Mapping[str, Any]) -> str | None:
    name = _text(written, "time_zone")
    if name is not None:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"`time_zone`: there is no {name!r}") from None
    return name


def _day_order(written: Mapping[str, Any]) -> Mapping[str, Order]:
    value = written.get("day_order") or {}
    by_language = dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value
    if not isinstance(by_language, dict) or not set(by_language.values()) <= {"dmy", "mdy"}:
        raise ValueError("`day_order` must be dmy or mdy, for one language or for all")
    return cast("Mapping[str, Order]", by_language)


def _pattern(text: Any) -> re.Pattern[str]:
    try:
        return re.compile(str(text))
    except re.error as error:
        raise ValueError(f"`within`: {error}") from None
