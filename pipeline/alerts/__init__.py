"""Tell people what is wrong, once; every day while it lasts; and once that it is over.

::

    finding     what a rule found
    words       what is said of it, in English and French
    inert       texts of others, of which no channel makes anything
    incidents   what began, what lasts, what is over
    store       incidents and messages, in one SQLite file
    message     the text about some incidents
    routing     which channel is told, and when it sleeps
    outbox      messages on their way: kept until they are accepted
    sending     one message, within a bound
    courier     the process that sends it, by Apprise

Nothing here looks at the warehouse or asks the clock, and no channel that fails changes the result of a night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.alerts import incidents, outbox
from pipeline.alerts.finding import Finding, Noticed
from pipeline.alerts.incidents import Changes, acknowledge, snooze
from pipeline.alerts.inert import inert
from pipeline.alerts.message import compose, trial_message
from pipeline.alerts.outbox import Delivery
from pipeline.alerts.routing import takes
from pipeline.alerts.sending import Message, send
from pipeline.alerts.store import Incident, Store, Written, open_store, stamp
from pipeline.alerts.words import number, percent, say, says
from pipeline.settings import RULES, Alerts, Channel

__all__ = [
    "Delivery",
    "Finding",
    "Incident",
    "Message",
    "Noticed",
    "Outgoing",
    "Store",
    "Written",
    "acknowledge",
    "inert",
    "number",
    "open_store",
    "percent",
    "say",
    "says",
    "snooze",
    "stamp",
    "takes",
    "tell",
    "try_out",
]


@dataclass(frozen=True)
class Outgoing:
    """Who tells: the settings of alerts, the brand, its language and zone, the folder of the state, the report."""

    alerts: Alerts
    brand: str
    language: str
    zone: ZoneInfo
    folder: Path
    report: str


def tell(
    sender: Outgoing,
    noticed: Noticed,
    *,
    night: date,
    now: Callable[[], datetime],
    has_ended: bool = False,
) -> tuple[Delivery, ...]:
    """Bring the incidents up to what was noticed, write the messages of it, send what is due.

    ``has_ended``: the night came to its end, well or badly. Raises ConfigError where the state cannot be kept.
    """
    moment = now()
    day = moment.astimezone(sender.zone).date()
    with open_store(sender.folder) as store:
        with store.change() as con:
            changes = incidents.update(store, sender.alerts.rules, noticed, night=night, day=day, now=moment)
            _write(store, sender, changes, day, moment)
            if has_ended:
                con.execute("insert or replace into told values (?, ?)", [night.isoformat(), stamp(moment)])
        found = outbox.flush(store, sender.folder, sender.alerts, zone=sender.zone, language=sender.language, now=now)
    return tuple(found)


def _write(store: Store, sender: Outgoing, changes: Changes, day: date, now: datetime) -> None:
    for channel in sender.alerts.channels:
        for kind, every in (("over", changes.over), ("begin", changes.begin), ("digest", changes.digest)):
            mine = [one for one in every if _is_for(channel, one, sender)]
            if mine:
                message = compose(
                    kind,
                    mine,
                    brand=sender.brand,
                    language=sender.language,
                    day=day,
                    report=sender.report,
                    marked=stamp(now),
                )
                outbox.write(store, channel.name, message, [one.id for one in mine], now)


def _is_for(channel: Channel, one: Incident, sender: Outgoing) -> bool:
    rule = sender.alerts.rules.get(one.rule, RULES[one.rule])
    return takes(channel, rule, severity=one.severity, owner=one.owner, brand=sender.brand)


def try_out(sender: Outgoing, names: Iterable[str], now: datetime) -> tuple[Delivery, ...]:
    """Send a test to each channel at once, also in its quiet hours; nothing of it is kept."""
    found = []
    for name in names:
        channel = sender.alerts.channel(name)
        if channel is not None:
            message = trial_message(name, brand=sender.brand, language=sender.language, moment=stamp(now))
            found.append(Delivery(name, "test", send(channel, message, timeout=sender.alerts.timeout)))
    return tuple(found)
