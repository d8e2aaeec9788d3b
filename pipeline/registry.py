"""The registry of metrics (``sql/metrics.yml``): the one place where a metric is defined.

What each platform calls them stands in ``sql/natives/<platform>.yml``, one file for each.

SQL, expectations, documentation and reports are checked against it or made from it, and it is published
as ``kpi.metric_definition``. The names of networks (``sql/networks.yml``) are read here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pipeline.errors import ConfigError

ADDITIVITY: Final = ("sum", "last", "none")
SEED_COLUMNS: Final = (
    "name",
    "label_en",
    "label_fr",
    "description",
    "unit",
    "numerator",
    "denominator",
    "additivity",
    "window_days",
    "platform",
    "native_name",
    "valid_from",
    "valid_to",
    "documentation",
)


@dataclass(frozen=True)
class Native:
    """What a platform calls a metric, from when to when, and where it says so."""

    platform: str
    name: str
    documentation: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Metric:
    """One metric. ``additivity``: may its values be added up over days, networks and posts (``sum``),
    does the last one stand (``last``), or neither (``none``)?

    ``numerator`` and ``denominator`` of a ratio are columns of the same table; ``elsewhere`` says where
    the parts are when they cannot be.
    """

    name: str
    label_en: str
    label_fr: str
    description: str
    unit: str
    additivity: str
    numerator: str | None = None
    denominator: str | None = None
    window_days: int | None = None
    elsewhere: str | None = None
    native: tuple[Native, ...] = ()


@dataclass(frozen=True)
class Dimension:
    """A key, label, flag or time: a column that is no metric."""

    name: str
    label_en: str
    label_fr: str
    description: str


@dataclass(frozen=True)
class Registry:
    """All definitions. ``tables`` has what a name means in one table where that is narrower."""

    metrics: Mapping[str, Metric]
    tables: Mapping[str, Mapping[str, Metric]]
    dimensions: Mapping[str, Dimension]

    def metric(self, table: str, column: str) -> Metric | None:
        """The definition of a column of a table (``kpi.post``); None when it is no metric."""
        return self.tables.get(table, {}).get(column) or self.metrics.get(column)

    def knows(self, table: str, column: str) -> bool:
        """Whether a column of a table is defined at all."""
        return self.metric(table, column) is not None or column in self.dimensions


def read(path: Path) -> Registry:
    """Read ``metrics.yml`` and ``natives/`` beside it. ConfigError names the entry and what is wrong with it.

    Files that did not change are read once in a process.
    """
    natives = tuple(sorted((path.parent / "natives").glob("*.yml")))
    try:
        known = [file.stat() for file in (path, *natives)]
    except OSError as error:
        raise ConfigError(f"{path.name}: {error}") from error
    return _read(path, natives, tuple((each.st_mtime_ns, each.st_size) for each in known))


@lru_cache(maxsize=4)
def _read(path: Path, natives: tuple[Path, ...], _version: tuple[tuple[int, int], ...]) -> Registry:
    content = _yaml(path)
    called = _natives(natives, content.get("metrics", {}))
    if unknown := content.keys() - {"metrics", "tables", "dimensions"}:
        raise ConfigError(f"{path.name}: unknown sections {sorted(unknown)}")
    metrics = {
        name: replace(_metric(path, name, entry), native=tuple(called.get(name, ())))
        for name, entry in content.get("metrics", {}).items()
    }
    tables: dict[str, dict[str, Metric]] = {}
    for table, entries in content.get("tables", {}).items():
        for name, entry in entries.items():
            if name not in metrics:
                raise ConfigError(f"{path.name}: {table}.{name} narrows a metric that is not defined")
            tables.setdefault(table, {})[name] = _metric(path, name, content["metrics"][name] | entry)
    dimensions = {
        name: Dimension(name, **_checked(path, name, entry, Dimension))
        for name, entry in content.get("dimensions", {}).items()
    }
    if twice := metrics.keys() & dimensions.keys():
        raise ConfigError(f"{path.name}: both metric and dimension: {sorted(twice)}")
    return Registry(metrics, tables, dimensions)


def _natives(files: Sequence[Path], metrics: Mapping[str, Any]) -> Mapping[str, list[Native]]:
    """Metric → what the platforms call it, in the order of their names."""
    called: dict[str, list[Native]] = {}
    for file in files:
        for name, entries in _yaml(file).items():
            if name not in metrics:
                raise ConfigError(f"{file.name}: {name} is no metric of the registry")
            known = [_checked(file, name, entry, Native) for entry in entries]
            called.setdefault(name, []).extend(Native(file.stem, **values) for values in known)
    return called


def read_networks(path: Path) -> dict[str, str]:
    """Read ``networks.yml``: lower-case name in analytics or links → short name of the network."""
    aliases: dict[str, str] = {}
    for platform, names in _yaml(path).items():
        for name in names:
            if name != name.lower() or name in aliases:
                raise ConfigError(f"{path.name}: {name!r} must be in lower case and belong to one network")
            aliases[name] = platform
    return aliases


def seed_rows(registry: Registry) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Columns and rows of ``seed.metric``: one row per metric and native name, one for a metric without.

    A definition that holds in one table only is named with it: ``conversion.daily.visits``.
    """
    named = list(registry.metrics.items())
    for table, entries in registry.tables.items():
        named += [(f"{table}.{name}", metric) for name, metric in entries.items()]
    return SEED_COLUMNS, [row for name, metric in named for row in _rows(name, metric)]


def _rows(name: str, metric: Metric) -> list[tuple[object, ...]]:
    definition = (
        name,
        metric.label_en,
        metric.label_fr,
        metric.description,
        metric.unit,
        metric.numerator,
        metric.denominator,
        metric.additivity,
        metric.window_days,
    )
    if not metric.native:
        return [(*definition, None, None, None, None, None)]
    return [
        (*definition, native.platform, native.name, native.valid_from, native.valid_to, native.documentation)
        for native in metric.native
    ]


def _yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        # The loader in C where there is one: the registry is read every night, and Python takes a second for it.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path.name}: {error}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path.name}: must be a mapping of names")
    return content


def _metric(path: Path, name: str, entry: Mapping[str, Any]) -> Metric:
    values = _checked(path, name, entry, Metric)
    if values["additivity"] not in ADDITIVITY:
        raise ConfigError(f"{path.name}: {name}: additivity must be one of {', '.join(ADDITIVITY)}")
    parts = values.get("numerator") and values.get("denominator")
    if values["unit"] == "ratio" and not parts and not values.get("elsewhere"):
        raise ConfigError(f"{path.name}: {name}: a ratio must name its numerator and denominator")
    return Metric(name, **values)


def _checked(
    path: Path, name: str, entry: Mapping[str, Any], kind: type[Metric | Dimension | Native]
) -> dict[str, Any]:
    """The entry's values, when it has every field that it must and no other."""
    given = {"name": name} | dict(entry) if kind is not Native else dict(entry)
    # The file says the platform of a native name; a metric's native names have files of their own.
    known = {each.name: each for each in fields(kind) if each.name not in ("platform", "native")}
    if unknown := given.keys() - known.keys():
        raise ConfigError(f"{path.name}: {name}: unknown keys {sorted(unknown)}")
    for key, each in known.items():
        if each.default is each.default_factory and not given.get(key):  # both MISSING: it must be given
            raise ConfigError(f"{path.name}: {name}: {key} is missing")
    if kind is not Native:
        del given["name"]
    return given
