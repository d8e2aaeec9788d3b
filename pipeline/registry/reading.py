"""Read ``sql/metrics.yml``, ``sql/natives/`` and ``sql/networks.yml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.registry.definitions import ADDITIVITY, Choice, Dimension, Metric, Native, Registry


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
    if unknown := content.keys() - {"metrics", "tables", "dimensions", "values", "words"}:
        raise ConfigError(f"{path.name}: unknown sections {sorted(unknown)}")
    metrics = {
        name: replace(_metric(path, name, entry), native=tuple(called.get(name, ())))
        for name, entry in content.get("metrics", {}).items()
    }
    tables: dict[str, dict[str, Metric]] = {}
    for table, entries in content.get("tables", {}).items():
        for name, entry in entries.items():
            if name not in metrics and name not in content.get("dimensions", {}):
                raise ConfigError(f"{path.name}: {table}.{name} narrows a metric that is not defined")
            for one, other in (("description", "description_fr"), ("label_en", "label_fr")):
                if (one in entry) != (other in entry):
                    raise ConfigError(f"{path.name}: {table}.{name} says {one} and {other} together, or neither")
            # What is a dimension elsewhere must say all that it is here.
            tables.setdefault(table, {})[name] = _metric(path, name, content["metrics"].get(name, {}) | entry)
    dimensions = {
        name: Dimension(name, **_checked(path, name, entry, Dimension))
        for name, entry in content.get("dimensions", {}).items()
    }
    if twice := metrics.keys() & dimensions.keys():
        raise ConfigError(f"{path.name}: both metric and dimension: {sorted(twice)}")
    values = {
        column: {value: Choice(**_checked(path, f"{column} {value}", entry, Choice)) for value, entry in few.items()}
        for column, few in content.get("values", {}).items()
    }
    if strange := values.keys() - dimensions.keys():
        raise ConfigError(f"{path.name}: values of what is no dimension: {sorted(strange)}")
    return Registry(metrics, tables, dimensions, values, content.get("words", {}))


def _natives(files: Sequence[Path], metrics: Mapping[str, Any]) -> Mapping[str, list[Native]]:
    """Metric → what the platforms call it, in the order of their names."""
    called: dict[str, list[Native]] = {}
    for file in files:
        for name, entries in _yaml(file).items():
            if name not in metrics:
                raise ConfigError(f"{file.name}: {name} is no metric of the registry")
            known = [Native(file.stem, **_checked(file, name, entry, Native)) for entry in entries]
            _one_at_a_time(file, name, known)
            called.setdefault(name, []).extend(known)
    return called


def _one_at_a_time(file: Path, metric: str, natives: Sequence[Native]) -> None:
    """Of two names on one day nobody could say which was served; parts and spellings stand in one name."""
    for native in natives:
        if native.valid_from and native.valid_to and native.valid_to < native.valid_from:
            raise ConfigError(f"{file.name}: {metric}: {native.name!r} ends before it begins")
    for one, other in combinations(natives, 2):
        if one.overlaps(other):
            raise ConfigError(
                f"{file.name}: {metric}: {one.name!r} and {other.name!r} are valid on the same days: end one of them "
                "(valid_to), or name both in one entry where they are parts of a sum or two spellings"
            )


def read_networks(path: Path) -> dict[str, str]:
    """Read ``networks.yml``: lower-case name in analytics or links → short name of the network."""
    aliases: dict[str, str] = {}
    for platform, names in _yaml(path).items():
        for name in names:
            if name != name.lower() or name in aliases:
                raise ConfigError(f"{path.name}: {name!r} must be in lower case and belong to one network")
            aliases[name] = platform
    return aliases


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
    path: Path, name: str, entry: Mapping[str, Any], kind: type[Metric | Dimension | Choice | Native]
) -> dict[str, Any]:
    """The entry's values, when it has every field that it must and no other."""
    has_name = kind in (Metric, Dimension)
    given = {"name": name} | dict(entry) if has_name else dict(entry)
    # The file says the platform of a native name; a metric's native names have files of their own.
    known = {each.name: each for each in fields(kind) if each.name not in ("platform", "native")}
    if unknown := given.keys() - known.keys():
        raise ConfigError(f"{path.name}: {name}: unknown keys {sorted(unknown)}")
    for key, each in known.items():
        if (
            each.default is each.default_factory and not str(given.get(key) or "").strip()
        ):  # both MISSING: it must be given
            raise ConfigError(f"{path.name}: {name}: {key} is missing")
    if has_name:
        del given["name"]
    return given
