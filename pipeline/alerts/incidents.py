"""From findings to incidents: what began, what lasts, what is over. Decided and written in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.alerts.finding import Finding, Noticed
from pipeline.alerts.store import Incident, Store, stamp
from pipeline.settings import RULES, SEVERITIES, Rule

# What happened and does not last: nobody is told that it is over.
EVENTS: Final = frozenset({"anomaly", "experiment_decided"})
# What only warns is repeated so seldom: every day would be noise.
_QUIET_DAYS: Final = timedelta(days=7)
_OWNER: Final = "data"


@dataclass
class Changes:
    """Incidents that people must be told of, by the kind of message."""

    begin: list[Incident] = field(default_factory=list)
    digest: list[Incident] = field(default_factory=list)
    over: list[Incident] = field(default_factory=list)


def update(
    store: Store, rules: Mapping[str, Rule], noticed: Noticed, *, night: date, day: date, now: datetime
) -> Changes:
    """Bring the incidents up to what was noticed; inside the caller's transaction.

    ``night`` was looked at, on the ``day`` of the brand's zone. A night before the newest one that was told changes
    nothing: what it lacks says nothing of today. What was not ``checked`` stays as it is.
    """
    changes = Changes()
    known = {one.key: one for one in store.incidents("ended_at is null")}
    newest = store.value("select max(night) from told")
    if newest is None or night.isoformat() >= newest:
        present = {one.key: one for one in noticed if rules[one.rule].on}
        for key, found in present.items():
            _begin_or_go_on(store, rules[found.rule], found, known.get(key), changes, night=night, day=day, now=now)
        for key, one in known.items():
            if key not in present and one.rule in noticed.checked and one.last_night <= night.isoformat():
                _end(store.con, one, changes, night=night, now=now)
    touched = {one.id for one in (*changes.begin, *changes.over)}
    for one in store.incidents("ended_at is null"):
        if one.id not in touched and _is_due(one, rules.get(one.rule, RULES[one.rule]), day, stamp(now)):
            changes.digest.append(one)
    for one in (*changes.begin, *changes.digest):
        store.con.execute("update incident set told_on = ? where id = ?", [day.isoformat(), one.id])
    return changes


def _begin_or_go_on(
    store: Store,
    rule: Rule,
    found: Finding,
    known: Incident | None,
    changes: Changes,
    *,
    night: date,
    day: date,
    now: datetime,
) -> None:
    severity, owner = found.severity or rule.severity, rule.owner or found.owner or _OWNER
    words = [found.rule, severity, owner, found.what, found.look, found.detail, found.touches, found.cause]
    if known is None:
        store.con.execute(
            "insert into incident (rule, severity, owner, what, look, detail, touches, cause, key, began_night,"
            " began_on, began_at, last_night) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [*words, found.key, night.isoformat(), day.isoformat(), stamp(now), night.isoformat()],
        )
        if rule.begins:
            changes.begin.append(store.incidents("key = ? and ended_at is null", found.key)[0])
        return
    store.con.execute(
        "update incident set rule = ?, severity = ?, owner = ?, what = ?, look = ?, detail = ?, touches = ?, cause = ?,"
        " last_night = max(last_night, ?) where id = ?",
        [*words, night.isoformat(), known.id],
    )
    if severity == known.severity:
        return
    # Whoever had it in hand had something else in hand.
    store.con.execute("update incident set acked_by = null, acked_at = null where id = ?", [known.id])
    if rule.begins and SEVERITIES.index(severity) < SEVERITIES.index(known.severity):
        changes.begin.append(store.incidents("id = ?", known.id)[0])


def _end(con: sqlite3.Connection, one: Incident, changes: Changes, *, night: date, now: datetime) -> None:
    con.execute(
        "update incident set ended_at = ?, ended_night = ? where id = ?", [stamp(now), night.isoformat(), one.id]
    )
    # What nobody was told of, or what is an event, ends in silence.
    if one.told_on is not None and one.rule not in EVENTS:
        changes.over.append(replace(one, ended_at=stamp(now), ended_night=night.isoformat()))


def _is_due(one: Incident, rule: Rule, day: date, now: str) -> bool:
    """Whether today's digest tells of it."""
    if not rule.digest or one.acked_by is not None or (one.snoozed_until or "") > now:
        return False
    if one.told_on is None:
        return True
    last = date.fromisoformat(one.told_on)
    return last < day if rule.begins else last + _QUIET_DAYS <= day


def acknowledge(store: Store, identity: int, who: str, now: datetime) -> Incident | None:
    """Somebody has it in hand: no digest until it is over or changes its severity. None where it is not open."""
    with store.change() as con:
        con.execute(
            "update incident set acked_by = ?, acked_at = ? where id = ? and ended_at is null",
            [who, stamp(now), identity],
        )
    return _open(store, identity)


def snooze(store: Store, identity: int, until: datetime) -> Incident | None:
    """No digest until then. None where it is not open."""
    with store.change() as con:
        con.execute("update incident set snoozed_until = ? where id = ? and ended_at is null", [stamp(until), identity])
    return _open(store, identity)


def _open(store: Store, identity: int) -> Incident | None:
    found: Sequence[Incident] = store.incidents("id = ? and ended_at is null", identity)
    return found[0] if found else None
