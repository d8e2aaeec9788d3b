"""Which channel an incident goes to, and when it is left in peace."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.settings import Channel, Rule


def takes(channel: Channel, rule: Rule, *, severity: str, owner: str, brand: str) -> bool:
    """Whether the channel is told of an incident of the rule."""
    return (
        severity in channel.severities
        and (not channel.owners or owner in channel.owners)
        and (not channel.brands or brand in channel.brands)
        and (not rule.channels or channel.name in rule.channels)
    )


def is_quiet(channel: Channel, severity: str, now: datetime, brand_zone: ZoneInfo) -> bool:
    """Whether the channel sleeps, by its own clock, and the severity does not wake it."""
    if severity in channel.quiet_passes:
        return False
    local = now.astimezone(ZoneInfo(channel.time_zone) if channel.time_zone else brand_zone)
    minute = local.hour * 60 + local.minute
    return any(
        begins <= minute < ends if begins < ends else minute >= begins or minute < ends
        for begins, ends in channel.quiet_hours
    )
