"""What reading costs at X, and the purse of a night: no request is sent whose answer it could not pay.

X charges every post and every profile that an answer holds, the same one once in a UTC day.
Documentation: https://docs.x.com/x-api/getting-started/pricing
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.errors import QuotaExhausted
from pipeline.settings import Account

Kind = Literal["owned", "post", "user", "analytics"]
_NAMES: Mapping[Kind, str] = {
    "owned": "own posts",
    "analytics": "analytics of own posts",
    "post": "posts of others",
    "user": "profiles",
}


class PurseEmpty(QuotaExhausted):
    """The next request might cost more than is left of the night's budget."""


class _Books(msgspec.Struct):
    """What was bought on one UTC day: resource → its kind."""

    day: date | None = None
    bought: dict[str, str] = {}


@dataclass
class Purse:
    """The night's budget in resources and in money, for all that is read on one UTC day.

    Kept on disk where the account has a state folder: a second attempt of a night does not spend the budget
    a second time, and what was bought already costs nothing more, as with the platform itself.
    """

    account: Account
    prices: Mapping[Kind, Decimal] = field(init=False)
    _books: _Books = field(init=False, default_factory=_Books)

    def __post_init__(self) -> None:
        options = self.account.options
        owned = "price_owned_read" if options.get("owned_reads", True) else "price_post_read"
        names: Mapping[Kind, str] = {
            "owned": owned,
            # The price list does not name analytics: counted like the reading of the post.
            "analytics": owned,
            "post": "price_post_read",
            "user": "price_user_read",
        }
        self.prices = {kind: Decimal(str(options[name])) for kind, name in names.items()}
        self._most_reads = int(str(options["reads_per_night"]))
        self._most_money = Decimal(str(options["money_per_night"]))

    def open(self, day: date) -> None:
        """The purse of that UTC day of the platform's clock."""
        if self._books.day == day:
            return
        kept = self._read()
        self._books = kept if kept.day == day else _Books(day=day)

    @property
    def resets_at(self) -> datetime | None:
        """The end of the UTC day that the purse is for."""
        day = self._books.day
        return datetime.combine(day + timedelta(days=1), time(), UTC) if day else None

    @property
    def reads(self) -> int:
        return len(self._books.bought)

    @property
    def money(self) -> Decimal:
        kinds = Counter(self._books.bought.values())
        return sum((price * kinds[kind] for kind, price in self.prices.items()), Decimal(0))

    def affordable(self, most: int, *kinds: Kind, least: int = 1) -> int:
        """How many results may be asked for, ``most`` at best, if each brings one resource of each kind.

        PurseEmpty where that is fewer than ``least``, the smallest number that the platform takes.
        """
        each = sum((self.prices[kind] for kind in kinds), Decimal(0))
        by_reads = (self._most_reads - self.reads) // len(kinds)
        by_money = most if not each else int((self._most_money - self.money) // each)
        found = min(most, by_reads, by_money)
        if found < least:
            raise PurseEmpty(
                f"the read budget of the night is spent: {self.reads} of {self._most_reads} resources,"
                f" {self.money.normalize():f} of {self._most_money.normalize():f} USD",
                resets_at=self.resets_at,
            )
        return found

    def buy(self, kind: Kind, ids: Iterable[str]) -> None:
        """Write down what an answer held. A resource that was bought today costs nothing more."""
        prefix = kind if kind in ("user", "analytics") else "post"
        new = {f"{prefix}:{one}": kind for one in ids}
        self._books.bought = {**new, **self._books.bought}
        self._write()

    def told(self) -> str:
        """What was bought, for people."""
        kinds = Counter(self._books.bought.values())
        parts = [f"{kinds[kind]} {name}" for kind, name in _NAMES.items() if kinds[kind]]
        what = f" ({', '.join(parts)})" if parts else ""
        return (
            f"{self.reads} resources bought{what} for {self.money.normalize():f} USD,"
            f" of at most {self._most_reads} and {self._most_money.normalize():f} USD a night"
        )

    @property
    def _file(self) -> Path | None:
        digest = hashlib.blake2b(self.account.id.encode(), digest_size=8, person=b"reads").hexdigest()
        state = self.account.state
        return state.absolute() / "reads" / f"{self.account.platform}-{digest}.json" if state else None

    def _read(self) -> _Books:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Books) if self._file else self._books
        except (OSError, msgspec.DecodeError):
            return _Books()

    def _write(self) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._file.with_suffix(f".{os.getpid()}.new")
        new.write_bytes(msgspec.json.encode(self._books))
        new.replace(self._file)
