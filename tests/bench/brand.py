"""The brand of the long benchmarks: 198 pages, a site and a shop, with the project's own settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from pipeline import sources
from pipeline.settings import Account, Alerts, Campaign, Conversions, Paths, Schedule, Settings, Site, Storage, Team
from pipeline.steps.project import Project

PAGES = 198
NIGHT = date(2026, 11, 2)
"""The new night; the history ends the night before."""

SITE = "boutique.example"
PLATFORMS = ("facebook", "matomo", "woocommerce")


def pages(scale: float) -> int:
    return max(2, round(PAGES * scale))


def project(home: Path, scale: float) -> Project:
    """The brand with everything that it keeps under ``home``."""
    return project_of(home, pages(scale))


def project_of(home: Path, count: int) -> Project:
    """The same brand with so many pages."""
    zone = "Europe/Paris"
    accounts = [
        Account("facebook", str(104001 + nth), f"Page {nth}", "http://127.0.0.1", zone, SITE, receives_visits=nth == 0)
        for nth in range(count)
    ]
    accounts += [
        Account("matomo", "1", "Site", "http://127.0.0.1", zone, SITE),
        Account("woocommerce", "boutique", "Shop", "http://127.0.0.1", zone, SITE),
    ]
    settings = Settings(
        file=home / "vigie.toml",
        brand="Atelier Marin",
        reporting_currency="EUR",
        time_zone=zone,
        language="en",
        accounts=tuple(accounts),
        sites=(Site(SITE, zone, {"1": "quote_request"}),),
        campaigns=(Campaign("autumn", "autumn-2026", "facebook", daily_cost=Decimal(40)),),
        segments=(),
        conversions=Conversions({"quote_request": Decimal(15)}, organic_cost_per_day=Decimal(0)),
        paths=Paths(str(home / "landing"), home / "warehouse.duckdb", home / "published", home / "state"),
        storage=Storage(),
        schedule=Schedule(),
        alerts=Alerts(),
        team=Team(zone),
    )
    return Project(settings, {name: sources.module(name) for name in sources.names()})


def clock(night: date) -> Callable[[], datetime]:
    """The morning after ``night``, at which it is read."""
    moment = datetime.combine(night + timedelta(days=1), time(3), UTC)
    return lambda: moment
