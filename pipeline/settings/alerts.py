"""The ``[alerts]`` of the settings: channels, and what differs from the defaults of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline.settings import rules
from pipeline.settings.accounts import read_secret
from pipeline.settings.alerting import RULES, SEVERITIES, THRESHOLDS, Alerts, Channel, Rule
from pipeline.settings.findings import shown
from pipeline.settings.references import References
from pipeline.settings.table import Table
from pipeline.settings.values import Hours, Secret

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_LONGEST_WAIT = 120
_SEVERITY = rules.one_of("a severity", SEVERITIES)


def alerts(table: Table, references: References) -> Alerts:
    """The ``[alerts]`` table; without it the rules are the defaults, and there is nobody to tell."""
    entries = table.tables("channels")
    channels = tuple(_channel(entry, references) for entry in entries)
    _check_names(entries, channels)
    told = table.table("rules")
    found = Alerts(
        channels=channels,
        rules={name: _rule(told.table(name), RULES[name], channels) for name in RULES},
        report_url=table.optional_text("report_url", _address),
        timeout=table.integer("timeout", Alerts.timeout, 1, _LONGEST_WAIT),
    )
    told.done()
    table.done()
    return found


def _channel(entry: Table, references: References) -> Channel:
    if not entry.has("url"):
        entry.fault("url", "is missing: where the channel is, as a secret")
    severities = entry.texts("severities", _SEVERITY)
    passes = entry.texts("quiet_passes", _SEVERITY)
    channel = Channel(
        name=entry.text("name", _name),
        url=_url(entry, references),
        severities=severities if entry.has("severities") else Channel.severities,
        brands=entry.texts("brands"),
        owners=entry.texts("owners"),
        quiet_hours=tuple(_hours(entry)),
        quiet_passes=passes if entry.has("quiet_passes") else Channel.quiet_passes,
        time_zone=entry.optional_text("time_zone", rules.zone),
        fallback=entry.optional_text("fallback"),
    )
    if entry.values.get("severities") == []:
        entry.fault("severities", "is empty: leave it out, or say what the channel takes")
    entry.done()
    return channel


def _check_names(entries: Sequence[Table], channels: Sequence[Channel]) -> None:
    names = [channel.name for channel in channels]
    for entry, channel in zip(entries, channels, strict=True):
        if channel.name and names.count(channel.name) > 1:
            entry.fault("name", "another of the [[alerts.channels]] has the same name")
        if channel.fallback == channel.name:
            entry.fault("fallback", "is the channel itself: name another one")
        elif channel.fallback is not None:
            entry.optional_text("fallback", rules.one_of("a channel", names))


def _url(entry: Table, references: References) -> Secret | None:
    """Where it is; a secret, because who knows it can write there."""
    url = read_secret(entry, "url", references)
    try:
        good = url is None or urlsplit(url.reveal()).scheme != ""
    except ValueError:
        good = False
    if not good:
        entry.fault("url", "the secret must be an address, like slack://… or https://… (not shown here)")
    return url


def _rule(entry: Table, default: Rule, channels: Sequence[Channel]) -> Rule:
    names = [channel.name for channel in channels]
    found = replace(
        default,
        on=entry.flag("on", default.on),
        severity=entry.optional_text("severity", _SEVERITY) or default.severity,
        owner=entry.optional_text("owner"),
        channels=entry.texts("channels", rules.one_of("a channel", names)),
        begins=entry.flag("begins", default.begins),
        digest=entry.flag("digest", default.digest),
        thresholds={
            name: entry.integer(name, value, THRESHOLDS[name].low, THRESHOLDS[name].high)
            for name, value in default.thresholds.items()
        },
    )
    entry.done()
    return found


def _hours(entry: Table) -> Iterator[Hours]:
    for text in entry.texts("quiet_hours", _hours_complaint):
        match = _HOURS.fullmatch(text)
        if match:
            opens, first, closes, second = map(int, match.groups())
            yield opens * 60 + first, closes * 60 + second


def _hours_complaint(text: str) -> str | None:
    match = _HOURS.fullmatch(text)
    if match is None:
        return f'{shown(text)} must be hours, like "22:00-07:00"'
    return "begins when it ends" if match[1] + match[2] == match[3] + match[4] else None


def _name(text: str) -> str | None:
    return None if _NAME.fullmatch(text) else 'must be small letters, digits, - and _, like "chat"'


def _address(text: str) -> str | None:
    try:
        where = urlsplit(text)
    except ValueError:
        where = None
    good = where is not None and where.scheme in ("http", "https") and where.hostname and "@" not in where.netloc
    return None if good else 'must be an address without a password, like "https://reports.example.org/vigie"'
