"""A platform whose tokens end and rotate, with a clock of its own and pages to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from threading import Lock

from pipeline.errors import TokenExpired
from pipeline.http import Answer, Grant, Session, Token, judge_grant, judge_status, standard_grant
from pipeline.settings import Account, Secret
from tests.sources.loopback import Asked, Loopback, Reply

START = datetime(2026, 11, 3, 3, tzinfo=UTC).timestamp()
LIFE = 7200
CONFIGURED = "refresh-token-0000"


class Granting:
    """``POST /token`` gives access for ``LIFE`` seconds and a new refresh token; the old one is dead at once.

    ``GET /pages?page=n`` gives ten records of ``last`` pages. ``on_renewal`` runs when a token has been
    rotated, before the answer; ``on_first_use`` when a new access token is seen for the first time.
    """

    def __init__(self) -> None:
        self.now = START
        self.refresh = CONFIGURED
        self.access = ""
        self.ends = 0.0
        self.renewals = 0
        self.last = 12
        self.expired = Reply({"error": "expired"}, 401)
        self.on_renewal: Callable[[], object] = lambda: None
        self.on_first_use: Callable[[], object] = lambda: None
        self._used: set[str] = set()
        self._lock = Lock()
        self.server = Loopback(self._answer)
        self.server.date = formatdate(self.now, usegmt=True)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.server.date = formatdate(self.now, usegmt=True)

    def _answer(self, asked: Asked) -> Reply:
        with self._lock:
            return self._renewed(asked) if asked.path == "/token" else self._page(asked)

    def _renewed(self, asked: Asked) -> Reply:
        if asked.form.get("refresh_token") != self.refresh:
            return Reply({"error": "invalid_grant", "error_description": "the refresh token is not valid"}, 400)
        self.renewals += 1
        self.refresh, self.access = f"refresh-token-{self.renewals:04}", f"access-token-{self.renewals:04}"
        self.ends = self.now + LIFE
        self.on_renewal()
        return Reply(
            {
                "access_token": self.access,
                "expires_in": LIFE,
                "refresh_token": self.refresh,
                # Renewing does not prolong it.
                "refresh_token_expires_in": START + 86400 * 365 - self.now,
                "token_type": "bearer",
            }
        )

    def _page(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {self.access}" or self.now >= self.ends:
            return self.expired
        if self.access not in self._used:
            self._used.add(self.access)
            self.on_first_use()
        page = int(asked.query.get("page", "1"))
        records = [{"id": f"{page}-{number}"} for number in range(10)]
        return Reply({"data": records, "next": page + 1 if page < self.last else None})


def renew(http: Session, refresh: Secret) -> Grant:
    form: dict[str, str | int | Secret] = {"grant_type": "refresh_token", "refresh_token": refresh}
    return standard_grant(http.post("token", form, judge=judge_grant))


def judge(answer: Answer) -> None:
    """Bluesky's way: an expired token is an HTTP 400."""
    if answer.status == 400 and b"ExpiredToken" in answer.body:
        raise TokenExpired("ExpiredToken")
    judge_status(answer)


def account(base: str, state: Path | None, configured: str = CONFIGURED) -> Account:
    return Account(
        platform="x",
        id="104001",
        name="Test",
        base=base,
        time_zone="UTC",
        state=state,
        secrets={"refresh_token": Secret("env:X_REFRESH_TOKEN", configured)},
    )


def session(base: str, state: Path | None, configured: str = CONFIGURED) -> Session:
    told = account(base, state, configured)
    token = Token(told, refresh=told.secrets["refresh_token"], renew=renew)
    return Session(platform="x", account="104001", night=None, base=base, token=token, sleep=lambda _: None)


def read(http: Session, *, between: Callable[[int], object] = lambda _: None) -> list[str]:
    """The ids of all pages' records; ``between`` runs before each page."""
    found: list[str] = []
    page: int | None = 1
    while page is not None:
        between(page)
        told = json.loads(http.get("pages", {"page": page}, judge=judge).body)
        found += [record["id"] for record in told["data"]]
        page = told["next"]
    return found


ALL = [f"{page}-{number}" for page in range(1, 13) for number in range(10)]
