"""Who is told what, as the settings say it: rules, channels, and the defaults of every rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pipeline.settings.values import Hours, Secret

SEVERITIES: Final = ("critical", "warning", "info")


@dataclass(frozen=True)
class Rule:
    """When a rule speaks, how loudly, to whom.

    ``owner`` None: whoever the expectation names, else ``data``. ``channels`` empty: all that take its severity.
    ``begins``: the first night is a message of its own, not only a line of the digest. ``digest``: what lasts is told
    every day. ``thresholds``: whole numbers by name.
    """

    severity: str = "warning"
    on: bool = True
    owner: str | None = None
    channels: tuple[str, ...] = ()
    begins: bool = True
    digest: bool = True
    thresholds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """The range of a threshold."""

    low: int
    high: int


@dataclass(frozen=True)
class Channel:
    """One way to people. ``url`` is None where its secret is not there.

    ``quiet_hours``: minutes of the day; hours past midnight begin after they end. Severities of ``quiet_passes`` are
    sent in them too. ``fallback`` names the channel that is used while this one is down.
    """

    name: str
    url: Secret | None
    severities: tuple[str, ...] = SEVERITIES
    brands: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    quiet_hours: tuple[Hours, ...] = ()
    quiet_passes: tuple[str, ...] = ("critical",)
    time_zone: str | None = None
    fallback: str | None = None


def _rule(severity: str, *, begins: bool = True, digest: bool = True, **thresholds: int) -> Rule:
    return Rule(severity, begins=begins, digest=digest, thresholds=MappingProxyType(thresholds))


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "expectation_critical": _rule("critical"),
        "expectation_warning": _rule("warning", begins=False),
        "source_failed": _rule("warning", critical_after=3),
        "source_late": _rule("warning", nights=3),
        "step_failed": _rule("critical"),
        "night_not_started": _rule("critical", minutes=90),
        "night_not_finished": _rule("critical", minutes=360),
        "anomaly": _rule("info", digest=False, score=6),
        "goal_off_pace": _rule("warning", digest=False, percent=25),
        "experiment_decided": _rule("info", digest=False),
        "expiring": _rule("info", digest=False, days=30, warning_days=7, critical_days=1),
        "budget_spent": _rule("warning", minutes=60),
        "disk_low": _rule("critical", gigabytes=1),
    }
)
THRESHOLDS: Final[Mapping[str, Limits]] = MappingProxyType(
    {
        "critical_after": Limits(1, 366),
        "nights": Limits(1, 366),
        "minutes": Limits(1, 7 * 1440),
        "score": Limits(1, 1000),
        "percent": Limits(1, 100),
        "days": Limits(1, 366),
        "warning_days": Limits(0, 366),
        "critical_days": Limits(0, 366),
        "gigabytes": Limits(0, 1_000_000),
    }
)


@dataclass(frozen=True)
class Alerts:
    """``report_url``: where people find the report. ``timeout``: seconds after which a message is given up for now."""

    channels: tuple[Channel, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=lambda: dict(RULES))
    report_url: str | None = None
    timeout: int = 15

    def channel(self, name: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.name == name), None)
