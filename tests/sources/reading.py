"""What tests of sources share: accounts, units, and a fetch that ends as dicts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline import sources
from pipeline.http import Limits
from pipeline.settings import Account, Secret
from pipeline.streams import Absent, Note, Page, Unit, Window

NIGHT = date(2026, 11, 2)
QUICK = Limits(connect_timeout=2, read_timeout=5, deadline=10, attempts=2, max_wait=0.01, backoff=0.001, patience=0.01)

FIXTURES = Path(__file__).parent.parent / "fixtures"


def account(platform: str, base: str, *, secrets: dict[str, str] | None = None, **options: object) -> Account:
    """The account of the platform's fixtures at that address, with every option of its source at its default."""
    source = sources.module(platform)
    told = json.loads((FIXTURES / platform / "account.json").read_text(encoding="utf-8"))
    found = {**told["secrets"], **(secrets or {})}
    return Account(
        platform=platform,
        id=told["id"],
        name="Test",
        base=base,
        time_zone=source.TIME_ZONE or "Europe/Paris",
        person_key=Secret("env:person_key", "a key of sixteen letters"),
        secrets={name: Secret(f"env:{name}", value) for name, value in found.items()},
        options={**source.OPTIONS, **options},
    )


def unit(account: Account, days: int = 3, night: date = NIGHT) -> Unit:
    """The night with a window of so many days before it."""
    return Unit(account.platform, account.id, night, Window(night - timedelta(days=days), night))


@dataclass
class Read:
    """Everything that one fetch gave."""

    pages: list[Page] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    requests: int = 0

    @property
    def raw(self) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = defaultdict(list)
        for page in self.pages:
            found[page.stream] += page.records
        return found

    def records(self, stream: str) -> list[dict[str, Any]]:
        return [json.loads(record) for record in self.raw[stream]]

    def delivered(self) -> set[str]:
        return {page.stream for page in self.pages}

    def announced(self, stream: str) -> int | None:
        told = [page.announced for page in self.pages if page.stream == stream and page.announced is not None]
        return told[-1] if told else None


def fetch(account: Account, what: Unit | None = None, limits: Limits = QUICK) -> Read:
    """Read one unit to its end through the source's own session."""
    source, read = sources.module(account.platform), Read()
    what = what or unit(account)
    with source.open_session(account, what.night, limits) as http:
        for item in source.fetch(account, what, http):
            if isinstance(item, Page):
                read.pages.append(item)
            elif isinstance(item, Absent):
                read.absent[item.stream] = item.reason
            else:
                read.notes.append(item)
        read.requests = http.requests
    return read


def check(account: Account) -> str:
    source = sources.module(account.platform)
    with source.open_session(account, None, QUICK) as http:
        return source.check(account, http)


def names(found: Sequence[dict[str, Any]], field: str) -> list[Any]:
    return [record.get(field) for record in found]
