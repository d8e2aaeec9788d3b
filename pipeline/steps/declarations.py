"""When each experiment was first seen and how it was declared then: what proves that nobody looked first.

It is kept in the state folder, so that a warehouse that is built again from the landing knows it too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from pipeline import durable
from pipeline.errors import ConfigError
from pipeline.settings import Settings
from pipeline.stats.experiments.declaration import Experiment, FirstSeen
from pipeline.stats.tables.trials import part_name

_FILE = "experiments.json"
Seen = Mapping[tuple[str, str], FirstSeen]


def declared(settings: Settings) -> Iterator[Experiment]:
    """The experiments of the settings, one for each action that they are judged by."""
    for one in settings.experiments:
        for action in one.actions:
            yield Experiment(
                name=one.name,
                arms=tuple(one.arms),
                action=action,
                start=one.start,
                planned_end=one.planned_end,
                minimum_visits=one.minimum_visits,
                alpha=float(one.alpha),
                split="visits" if one.split == "visits" else "spend",
                shares=tuple(float(share) for share in one.shares) or (1.0,) * len(one.arms),
                campaigns={arm: tuple(sorted(part_name(*part) for part in parts)) for arm, parts in one.arms.items()},
                ended=one.ended,
            )


def first_seen(settings: Settings, night: date) -> Seen:
    """How and in which night each declared experiment was first seen; what is new is noted as seen in ``night``.

    Durable when this returns. Raises ConfigError when the note cannot be read or written.
    """
    file = settings.paths.state / _FILE
    found = _read(file) if settings.experiments else {}
    new = {
        (one.name, one.action): FirstSeen(one.fingerprint, night)
        for one in declared(settings)
        if (one.name, one.action) not in found
    }
    if new:
        _write(file, {**found, **new})
    return {**found, **new}


def _read(file: Path) -> dict[tuple[str, str], FirstSeen]:
    try:
        told = file.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be read ({error.strerror}): it knows when experiments were declared"
        ) from None
    try:
        return {
            (one["experiment"], one["action"]): FirstSeen(one["fingerprint"], date.fromisoformat(one["night"]))
            for one in json.loads(told)
        }
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ConfigError(
            f"{file} is damaged: it knows when experiments were declared. Restore it, or remove it and give "
            "the experiments that have started new names"
        ) from None


def _write(file: Path, seen: Seen) -> None:
    rows = [
        {"experiment": name, "action": action, "fingerprint": first.fingerprint, "night": str(first.night)}
        for (name, action), first in sorted(seen.items())
    ]
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        durable.replace(file, json.dumps(rows, indent=1, ensure_ascii=False).encode())
    except OSError as error:
        raise ConfigError(f"{file.parent} cannot be written ({error.strerror}): no experiment is begun") from None
