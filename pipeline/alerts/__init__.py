"""Tell people that a night is broken, once; and that it is over, once.

An incident is what is wrong with a night: findings, each with a key that stays the same from night
to night. What was told is kept in a small file beside the warehouse, so that a re-run of the same
night repeats nothing, a finding that lasts is told with the night it began, and its end is told
too. A channel that fails never changes the result of the night.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.alerts import channels
from pipeline.alerts.message import Message, compose
from pipeline.settings import Alerts


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what, whom it touches, and the command that looks further."""

    key: str
    sentence: str
    look: str


@dataclass(frozen=True)
class Delivery:
    """What became of a message on one channel; ``error`` is None when it was accepted."""

    channel: str
    error: str | None = None


@dataclass(frozen=True)
class Told:
    """The outcome of one night's telling."""

    message: Message | None
    deliveries: tuple[Delivery, ...] = ()
    since: Mapping[str, str] = field(default_factory=dict)


def tell(
    alerts: Alerts, findings: Iterable[Finding], *, brand: str, night: date, language: str, state: Path, report: str
) -> Told:
    """Send what is new since the last telling, and what is over. Nothing new: nothing is sent.

    ``state`` is the file that remembers. It is written before sending is reported, and holds keys
    and nights alone. Undelivered messages stay due: the next call sends them again.
    """
    known = _read(state)
    present = {finding.key: finding for finding in findings}
    since = {key: known.get(key, night.isoformat()) for key in present}
    new = [finding for key, finding in present.items() if key not in known]
    over = {key: began for key, began in known.items() if key not in present}
    if not new and not over:
        return Told(None, (), since)
    message = compose(
        [(f.sentence, f.look, since[f.key]) for f in present.values()],
        sorted(over.items()),
        brand=brand,
        night=night,
        language=language,
        report=report,
    )
    deliveries = tuple(Delivery(name, channels.send(name, alerts, message)) for name in channels.configured(alerts))
    if not deliveries or any(delivery.error is None for delivery in deliveries):
        _write(state, since)
    return Told(message, deliveries, since)


def _read(state: Path) -> dict[str, str]:
    if not state.exists():
        return {}
    try:
        kept = json.loads(state.read_text(encoding="utf-8"))
    except ValueError:
        return {}  # a damaged memory makes an alert be said twice, never not at all
    return {str(key): str(began) for key, began in kept.items()} if isinstance(kept, dict) else {}


def _write(state: Path, since: Mapping[str, str]) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    new = state.with_name(f".{state.name}.new")
    new.write_text(json.dumps(dict(sorted(since.items())), indent=1) + "\n", encoding="utf-8")
    new.replace(state)
