"""Whether anybody is told when a night breaks: channels, rules that reach nobody, messages that wait."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.alerts import open_store, takes
from pipeline.alerts.store import FILE
from pipeline.doctor.finding import Finding
from pipeline.settings import Settings

AREA = "alerts"


def alerts(settings: Settings) -> Iterator[Finding]:
    """Nothing is sent: ``vigie alert test`` does that."""
    channels = settings.alerts.channels
    if not channels:
        yield Finding("warn", AREA, "", "nobody is told when a night breaks", "add a channel: [[alerts.channels]]")
        return
    for channel in channels:
        if channel.url is None:
            told = "its secret is not there: nothing can be sent"
            yield Finding("fail", AREA, channel.name, told, "set what the settings refer to")
        else:
            yield Finding("ok", AREA, channel.name, "configured; vigie alert test tries it")
    yield from _unheard(settings)
    yield from _waiting(settings)


def _unheard(settings: Settings) -> Iterator[Finding]:
    """Rules that are on and whose messages no channel takes, by their own severity and owner."""
    unheard = [
        name
        for name, rule in settings.alerts.rules.items()
        if rule.on
        and not any(
            takes(channel, rule, severity=rule.severity, owner=channel.owners[0] if not rule.owner and channel.owners
                  else rule.owner or "data", brand=settings.brand)
            for channel in settings.alerts.channels
        )
    ]  # fmt: skip
    critical = [name for name in unheard if settings.alerts.rules[name].severity == "critical"]
    if critical:
        told = f"no channel takes {', '.join(critical)}"
        yield Finding("warn", AREA, "rules", told, "give a channel their severity, owner and brand")


def _waiting(settings: Settings) -> Iterator[Finding]:
    if not (settings.paths.state / FILE).exists():
        return
    with open_store(settings.paths.state) as store:
        waiting = store.messages("state = 'due' and error is not null")
        beat = store.value("select at from beat where name = 'watch'")
    for channel in sorted({message.channel for message in waiting}):
        mine = [message for message in waiting if message.channel == channel]
        told = f"{len(mine)} messages wait for it: {mine[-1].error}"
        yield Finding("warn", AREA, channel, told, f"vigie alert test {channel}")
    if beat is not None:
        yield Finding("ok", AREA, "watch", f"last looked at {beat}")
