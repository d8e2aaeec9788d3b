"""The simulated brand, read by the real sources into a real landing, while its platforms misbehave."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline import landing, settings, sources
from pipeline.http import Limits
from pipeline.settings import Account
from pipeline.simulator import Server, environment, serve, settings_toml
from pipeline.simulator.platforms import DEMONSTRATED
from pipeline.streams import Manifest, Unit, Window

NIGHT = date(2026, 11, 1)
QUICK = Limits(connect_timeout=2, read_timeout=5, deadline=10, attempts=2, max_wait=0.01, backoff=0.001, patience=0.01)
UNITS = (
    ("facebook", "104001"),
    ("matomo", "1"),
    ("woocommerce", "boutique"),
    ("wordpress", "journal"),
)
FACES = ("facebook", "matomo", "woocommerce", "wordpress", "wpcom")
PLATFORM = {"wpcom": "wordpress"}


@dataclass
class Brand:
    """A running simulator and what is landed of it."""

    server: Server
    root: Path
    accounts: dict[tuple[str, str], Account]

    def fault(self, platform: str, kind: str, **more: Any) -> None:
        """Let a platform misbehave (``path``, ``times``, ``after``, ``args`` as the simulator has them)."""
        self.server.simulator.faults.inject({"platform": platform, "kind": kind, **more})

    def heal(self) -> None:
        self.server.simulator.faults.clear()

    def land(
        self,
        platform: str,
        account: str,
        night: date = NIGHT,
        *,
        days: int | None = None,
        late: int = 0,
        limits: Limits = QUICK,
    ) -> Manifest:
        """Fetch and land one unit as the pipeline does, ``late`` days after it should have been."""
        source = sources.module(platform)
        reach = source.RESTATEMENT_DAYS if days is None else days
        unit = Unit(platform, account, night, Window(night - timedelta(days=reach), night))
        self.server.night(night + timedelta(days=late))
        # What a platform refused in one test is forgotten in the next.
        told = replace(self.accounts[platform, account], state=self.root.parent / "state")
        with source.open_session(told, night, limits) as http:
            return landing.write(
                str(self.root),
                unit,
                "run",
                source.fetch(told, unit, http),
                source.STREAMS,
                api_version=source.API_VERSION,
                clock=lambda: http.first_date or "",
                requests=lambda: http.requests,
            )

    def landed(self, platform: str, account: str) -> int:
        return len(landing.manifests(str(self.root), platform=platform, account=account))


@contextmanager
def brand(folder: Path, platforms: Collection[str] = DEMONSTRATED, **world: Any) -> Iterator[Brand]:
    """The brand on these platforms, as large as ``world`` says."""
    with serve(**world) as server:
        file = folder / "vigie.toml"
        file.write_text(settings_toml(server.url, platforms=platforms), encoding="utf-8")
        read = settings.read(file, environment(), {name: sources.module(name) for name in sources.names()})
        accounts = {(account.platform, account.id): account for account in read.accounts}
        yield Brand(server, folder / "landing", accounts)
