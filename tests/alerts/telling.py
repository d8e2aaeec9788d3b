"""A brand that tells: what tests call to look at one night after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.alerts import Delivery, Finding, Noticed, Outgoing, open_store, tell
from pipeline.alerts.store import Incident, Written
from pipeline.settings import RULES, Alerts, Channel, Secret

FIRST = date(2026, 11, 2)
PARIS = ZoneInfo("Europe/Paris")


def missing(account: str = "matomo/1", **others: Any) -> Finding:
    return Finding(
        f"missing {account}", "source_failed", f"{account} is missing",
        f"vigie fetch --source {account.partition('/')[0]}", detail="SourceUnavailable: HTTP 503", **others,
    )  # fmt: skip


def channel(name: str, url: str | None, **others: Any) -> Channel:
    return Channel(name, Secret(f"env:{name.upper()}", url) if url else None, **others)


@dataclass
class Brand:
    """Nights of a brand, told at 05:00 UTC of the morning after."""

    folder: Path
    channels: tuple[Channel, ...]
    language: str = "en"
    timeout: int = 5
    rules: dict[str, Any] = field(default_factory=dict)

    def sender(self) -> Outgoing:
        rules = {name: replace(rule, **self.rules.get(name, {})) for name, rule in RULES.items()}
        alerts = Alerts(self.channels, rules, timeout=self.timeout)
        return Outgoing(alerts, "Atelier", self.language, PARIS, self.folder, "/r/report.html")

    def night(
        self,
        number: int,
        *findings: Finding,
        checked: Sequence[str] = tuple(RULES),
        hours: float = 0.0,
        has_ended: bool = True,
    ) -> tuple[Delivery, ...]:
        night = FIRST + timedelta(days=number)
        moment = datetime(night.year, night.month, night.day, 5, tzinfo=UTC) + timedelta(days=1, hours=hours)
        noticed = Noticed(list(findings), set(checked))
        return tell(self.sender(), noticed, night=night, now=lambda: moment, has_ended=has_ended)

    def incidents(self) -> list[Incident]:
        with open_store(self.folder) as store:
            return store.incidents()

    def messages(self) -> list[Written]:
        with open_store(self.folder) as store:
            return store.messages()
