"""What people do about incidents: see them, take them in hand, put them off, try the channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from pipeline import alerts
from pipeline.alerts import Delivery, Incident, Written, open_store
from pipeline.errors import ConfigError
from pipeline.steps.project import Project
from pipeline.steps.tell import sender


def incidents(project: Project, *, ended: bool = False) -> list[Incident]:
    """The open incidents, the newest first; those that are over, too, where they are asked for."""
    with open_store(project.settings.paths.state) as store:
        return store.incidents("true" if ended else "ended_at is null")[::-1]


def incident(project: Project, identity: int) -> tuple[Incident, list[Written]]:
    """One incident and its messages. ConfigError where there is none of that number."""
    with open_store(project.settings.paths.state) as store:
        found = store.incidents("id = ?", identity)
        if not found:
            raise ConfigError(f"there is no incident {identity}: vigie alert list shows those that are open")
        return found[0], store.messages("',' || incidents || ',' like ?", f"%,{identity},%")


def acknowledge(project: Project, identity: int, who: str, *, now: Callable[[], datetime]) -> Incident:
    """Somebody has it in hand. ConfigError where it is not open."""
    with open_store(project.settings.paths.state) as store:
        return _open(alerts.acknowledge(store, identity, who, now()), identity)


def snooze(project: Project, identity: int, until: datetime) -> Incident:
    """No digest of it until then. ConfigError where it is not open."""
    with open_store(project.settings.paths.state) as store:
        return _open(alerts.snooze(store, identity, until), identity)


def try_channels(project: Project, names: Iterable[str], *, now: Callable[[], datetime]) -> tuple[Delivery, ...]:
    """Send a test to each channel of these names, by default to all. ConfigError where there is none."""
    known = [channel.name for channel in project.settings.alerts.channels]
    wanted = list(names) or known
    if not known:
        raise ConfigError("[alerts] names no channel: add one under [[alerts.channels]]")
    for name in wanted:
        if name not in known:
            raise ConfigError(f"{name} is no channel: there are {', '.join(known)}")
    return alerts.try_out(sender(project), wanted, now())


def told_by_night(project: Project, since: date, until: date) -> dict[date, int]:
    """How many different messages were written on each day of the brand's zone, whatever became of them.

    One that goes to several channels is one.
    """
    zone = project.settings.zone
    days = [since + timedelta(days=offset) for offset in range((until - since).days + 1)]
    counted = dict.fromkeys(days, 0)
    with open_store(project.settings.paths.state) as store:
        seen: set[tuple[str, str, str]] = set()
        for message in store.messages():
            day = datetime.fromisoformat(message.written_at).astimezone(zone).date()
            one = (message.written_at, message.kind, message.incidents)
            if day in counted and one not in seen:
                seen.add(one)
                counted[day] += 1
    return counted


def _open(found: Incident | None, identity: int) -> Incident:
    if found is None:
        raise ConfigError(f"there is no open incident {identity}: vigie alert list shows them")
    return found
