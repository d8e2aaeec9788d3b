"""Taking a message: its signature, its age, its fields, its place in the spool. HTTP is somebody else's."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.settings import Account, Secret
from pipeline.sources._persons import person
from pipeline.sources.inbox import message, signature
from pipeline.sources.inbox.refusal import Refusal
from pipeline.sources.inbox.spool import Spool

WINDOW = 300
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
# What can be guessed signs for anybody.
_SHORTEST_SECRET = 16


@dataclass(frozen=True)
class Taken:
    """A message that was understood, and what became of it: a test is not stored."""

    id: str
    site: str
    action: str
    status: Literal["stored", "known", "test"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """Takes messages for the inboxes of a brand. ConfigError where two have one site, or a secret is short."""

    def __init__(
        self, accounts: Sequence[Account], *, window: int = WINDOW, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._window, self._now = window, now
        self._accounts = {account.site or account.id: account for account in accounts}
        if not accounts or len(self._accounts) < len(accounts):
            raise ConfigError("an inbox needs [[sources.inbox]] accounts, each of another site")
        self._secrets = [
            (site, secret.reveal()) for site, account in self._accounts.items() for secret in _secrets_of(account)
        ]
        self._spools = {site: Spool(account) for site, account in self._accounts.items()}

    def try_out(self) -> None:
        """Find out whether messages can be stored, before anybody sends one. OSError where they cannot."""
        for spool in self._spools.values():
            spool.try_out()

    def take(self, headers: Mapping[str, str | None], body: bytes) -> Taken:
        """Store what was sent. Raises Refusal, or OSError where nothing can be stored."""
        now = self._now()
        at, good = signature.signed_by(headers.get(signature.HEADER), body, [secret for _, secret in self._secrets])
        signature.check_age(at, int(now.timestamp()), self._window)
        key = headers.get("Idempotency-Key")
        if key is not None and not _KEY.fullmatch(key):
            raise Refusal(422, "wrong_field", "Idempotency-Key must be 1 to 200 signs of ASCII", "Idempotency-Key")
        fields = message.opened(body)
        told = message.read(fields, key, now)
        account = self._account_of(told.site, good)
        told.record["person"] = person(account, told.someone)
        action = str(told.record["action"])
        if fields.get("test") is True:
            return Taken(told.id, told.site, action, "test")
        kept = self._spools[told.site].keep(key or told.id, _fingerprint(account, fields), told.record)
        return Taken(told.id, told.site, action, kept)

    def _account_of(self, site: str, good: frozenset[int]) -> Account:
        if site not in self._accounts:
            raise Refusal(404, "unknown_site", "no inbox is set up for this site: see [[sources.inbox]] in vigie.toml")
        if site not in {self._secrets[place][0] for place in good}:
            raise Refusal(401, "wrong_signature", "this is the secret of another site's inbox")
        return self._accounts[site]


def _secrets_of(account: Account) -> list[Secret]:
    found = [account.secrets[name] for name in ("secret", "previous_secret") if name in account.secrets]
    if "secret" not in account.secrets:
        raise ConfigError(f"inbox {account.id}: its secret is not there")
    for secret in found:
        if len(secret.reveal()) < _SHORTEST_SECRET:
            raise ConfigError(f"inbox {account.id}: {secret.reference} must have {_SHORTEST_SECRET} signs or more")
    return found


def _fingerprint(account: Account, fields: message.Fields) -> str:
    """What tells two messages apart without telling anything of them: what is left out of the record counts too."""
    key = account.person_key or account.secrets["secret"]
    canonical = json.dumps(fields, sort_keys=True, default=str).encode()
    return hmac.new(key.reveal().encode(), canonical, hashlib.sha256).hexdigest()
