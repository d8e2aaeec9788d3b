"""A message about incidents: what, since when, what it touches, why, where to look. Plain text, and short."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from pipeline.alerts.sending import Message
from pipeline.alerts.store import Incident
from pipeline.alerts.words import say
from pipeline.settings import SEVERITIES

# What a chat shows without folding it away.
_MOST = 8
_LONGEST_TITLE = 150


def compose(
    kind: str, incidents: Sequence[Incident], *, brand: str, language: str, day: date, report: str, marked: str
) -> Message:
    """One message of a ``kind`` (begin, digest, over). ``marked`` goes into its mark: what tells it from others."""
    ordered = sorted(incidents, key=lambda one: (SEVERITIES.index(one.severity), one.began_night, one.id))
    lines: list[str] = []
    for one in ordered[:_MOST]:
        lines += _paragraph(kind, one, language, day)
    if len(ordered) > _MOST:
        lines.append(say(language, "more", count=len(ordered) - _MOST))
    if kind != "over":
        lines.append(say(language, "ack", id=ordered[0].id if len(ordered) == 1 else "ID"))
    # An address of the settings: theirs to click on.
    lines.append(say(language, "report", text="{}").replace("{}", report))
    # What begins in silence is new all the same when a digest tells of it first.
    titled = "begin" if kind == "digest" and all(one.began_day == day for one in ordered) else kind
    if len(ordered) == 1:
        title = say(language, f"title_{titled}", brand=brand, what=ordered[0].what)
    else:
        title = say(language, f"title_{titled}_many", brand=brand, count=len(ordered))
    return Message(
        mark=_mark(kind, brand, marked, ordered),
        kind=kind,
        severity="over" if kind == "over" else ordered[0].severity,
        title=_cut(title),
        body="\n".join(lines),
    )


def trial_message(channel: str, *, brand: str, language: str, moment: str) -> Message:
    """What ``vigie alert test`` sends; ``moment`` tells one test from another."""
    title = say(language, "title_test", brand=brand, channel=channel)
    mark = hashlib.blake2b(f"test {brand} {channel} {moment}".encode(), digest_size=8).hexdigest()
    return Message(mark, "test", "info", title, say(language, "test"))


def _paragraph(kind: str, one: Incident, language: str, day: date) -> list[str]:
    head = f"#{one.id} {say(language, one.severity)}: {one.what}" if kind != "over" else f"#{one.id}: {one.what}"
    if kind == "over":
        return [f"- {head} ({say(language, 'lasted', night=one.began_night)})"]
    days = (day - one.began_day).days
    since = say(language, "since_days" if days > 1 else "since", night=one.began_night, days=days)
    rest = [one.detail] if one.detail else []
    rest.append(since)
    rest += [say(language, "touches", text=one.touches)] if one.touches else []
    rest += [say(language, "cause", text=one.cause)] if one.cause else []
    rest += [say(language, "look", text="{}").replace("{}", _one_line(one.look))]
    return [f"- {head}", *(f"  {line}" for line in rest)]


def _one_line(text: str) -> str:
    """A command of ours, to be copied as it stands: made of names that settings allow."""
    return " ".join(text.split())


def _cut(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def _mark(kind: str, brand: str, marked: str, incidents: Sequence[Incident]) -> str:
    whole = "|".join([kind, brand, marked, *(f"{one.id}:{one.severity}:{one.began_at}" for one in incidents)])
    return hashlib.blake2b(whole.encode(), digest_size=8).hexdigest()
