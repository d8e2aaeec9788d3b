"""Access tokens that end: renewed in time, stored before they are used, shown to nobody.

    Session(…, token=Token(account, access=None, refresh=account.secrets["refresh_token"], renew=renew))

``renew(http, refresh)`` asks the platform for a ``Grant``. ``http`` has the origin of the session and
no credentials; another origin is asked through ``http.beside(base)``.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from pipeline.errors import SourceChanged, SourceError, SourceRefused, TokenExpired
from pipeline.http.clock import Clock, utc
from pipeline.http.reading import Answer, judge_status
from pipeline.http.redaction import excerpt, redact, register_secret
from pipeline.http.vault import Kept, Vault
from pipeline.settings import Secret

if TYPE_CHECKING:
    from pipeline.http.session import Session
    from pipeline.settings import Account

log = logging.getLogger(__name__)

# Renewed when this share of its life has passed: late enough to be rare, early enough to try again tomorrow.
_SHARE_OF_LIFE = 0.7


@dataclass(frozen=True)
class Grant:
    """What a platform gives for a refresh token. Lives in seconds, None where it does not tell.

    ``refresh`` is None where the old one stays valid.
    """

    access: str = field(repr=False)
    expires_in: float | None = None
    refresh: str | None = field(default=None, repr=False)
    refresh_expires_in: float | None = None


Renew = Callable[["Session", Secret], Grant]


@dataclass(frozen=True)
class Expiry:
    """When a token ends, for the calendar of what a person must renew."""

    name: str
    at: datetime


class Token:
    """The access token of one account, sent as ``header: scheme access``. Shows nothing when printed.

    ``access`` may be None where ``refresh`` and ``renew`` can get one. What was granted since wins
    over the settings, until a person changes them.
    """

    def __init__(
        self,
        account: Account,
        *,
        access: Secret | None = None,
        refresh: Secret | None = None,
        renew: Renew | None = None,
        header: str = "Authorization",
        scheme: str = "Bearer",
    ) -> None:
        self.header, self._scheme = header, scheme
        self._configured, self._renew = (access, refresh), renew
        self._reference = (refresh or access or Secret("the token", "")).reference
        self._vault = Vault(account.state, account.platform, account.id)
        self._seen: dict[str, None] = {}
        self._kept: Kept | None = None
        self._gave_up = False
        self._note(*(secret.reveal() for secret in self._configured if secret))

    def value(self) -> str:
        """What stands in the header now. ``ready`` comes first."""
        access = self._kept.access if self._kept else ""
        return f"{self._scheme} {access}" if self._scheme else access

    def seen(self) -> tuple[str, ...]:
        """Every token that this process has held for the account: none of them may be written anywhere."""
        return tuple(self._seen)

    def ready(self, http: Session) -> None:
        """Have an access token with enough life left; renews where that is due.

        A renewal that fails while the old token still lives is tried again by the next session.
        """
        kept = self._kept or self._load(http.clock)
        if not kept.access:
            self.renew(http)
        elif self._is_due(kept, http.clock.now()) and not self._gave_up:
            try:
                self.renew(http)
            except SourceError as error:
                if kept.expires_at is None or kept.expires_at <= http.clock.now():
                    raise
                self._gave_up = True
                log.warning(
                    "%s: the token ends %s: %s", http.label, f"{utc(kept.expires_at):%Y-%m-%d %H:%M} UTC", error
                )

    def can_renew(self) -> bool:
        return self._renew is not None and bool(self._kept and self._kept.refresh)

    def renew(self, http: Session) -> None:
        """A new access token, or the one that another process has got meanwhile.

        Raises SourceUnavailable, or TokenExpired that says what a person must do.
        """
        held = self._kept.access if self._kept else ""
        with self._vault.locked():
            kept = self._load(http.clock)
            if kept.access and kept.access != held:
                return
            if self._renew is None or not kept.refresh:
                raise TokenExpired(f"the access token has expired: {self._reconnect()}")
            begun = msgspec.structs.replace(kept, renewing=http.clock.now())
            self._vault.write(begun)
            grant = self._ask(http, self._renew, kept)
            self._note(grant.access, grant.refresh or "")
            # On disk first: the platform no longer accepts the old one, and this process may end any moment.
            self._keep(self._granted(kept, grant, http.clock))
        log.info("%s: the access token was renewed", http.label)

    def refused(self, error: SourceError) -> TokenExpired:
        """For a token that was renewed and is refused nevertheless, or cannot be renewed."""
        return TokenExpired(f"{self._reconnect()}: {error}")

    def _ask(self, http: Session, renew: Renew, kept: Kept) -> Grant:
        try:
            with http.beside(http.base) as bare:
                grant = renew(bare, Secret(self._reference, kept.refresh))
        except (SourceRefused, SourceChanged) as error:
            # Refused in so many words: no renewal is under way any more.
            self._vault.write(msgspec.structs.replace(kept, renewing=None))
            said = redact(str(error)).removeprefix(f"{http.label} ").partition(": ")[2]
            raise TokenExpired(f"{self._reconnect(kept.renewing)}: {said}") from None
        if not (grant.access.isascii() and grant.access.isprintable() and grant.access.strip() == grant.access != ""):
            raise SourceChanged("the renewed access token cannot be sent in a header")
        return grant

    def _granted(self, kept: Kept, grant: Grant, clock: Clock) -> Kept:
        now = clock.now()
        lives = grant.refresh_expires_in
        return msgspec.structs.replace(
            kept,
            access=grant.access,
            refresh=grant.refresh or kept.refresh,
            granted_at=now,
            expires_at=None if grant.expires_in is None else now + grant.expires_in,
            refresh_expires_at=kept.refresh_expires_at if lives is None else now + lives,
            renewing=None,
            skew=clock.skew,
        )

    def _keep(self, kept: Kept) -> None:
        self._vault.write(kept)
        self._kept = kept

    def _load(self, clock: Clock) -> Kept:
        """What was granted for the credential that the settings have now, else that credential itself."""
        access, refresh = (secret.reveal() if secret else "" for secret in self._configured)
        kept = self._vault.read()
        if not kept.salt or kept.configured != _hash(kept.salt, refresh or access):
            salt = secrets.token_hex(8)
            kept = Kept(access=access, refresh=refresh, salt=salt, configured=_hash(salt, refresh or access))
        clock.assume(kept.skew)
        self._note(kept.access, kept.refresh)
        self._kept = kept
        return kept

    def _is_due(self, kept: Kept, now: float) -> bool:
        if kept.granted_at is None or kept.expires_at is None or not self.can_renew():
            return False
        return now >= kept.granted_at + _SHARE_OF_LIFE * (kept.expires_at - kept.granted_at)

    def _note(self, *values: str) -> None:
        new = [value for value in values if value and value not in self._seen]
        self._seen.update(dict.fromkeys(new))
        if new:
            register_secret(*new)

    def _reconnect(self, cut: float | None = None) -> str:
        """What a person must do. ``cut``: when a renewal began whose answer was never stored."""
        lost = f"a renewal of {utc(cut):%Y-%m-%d %H:%M} UTC was cut before its answer was stored; " if cut else ""
        return (
            f"{lost}connect the account again: sign in to the platform as the account's owner, let the app have "
            f"access, and put the new token into {self._reference}"
        )


def known_expiry(account: Account) -> tuple[Expiry, ...]:
    """When the account's tokens end, as far as grants told it. Holds no token.

    Nothing where the settings name another credential since; without any secret at hand, what was told last.
    """
    kept = Vault(account.state, account.platform, account.id).read()
    hashes = {_hash(kept.salt, secret.reveal()) for secret in account.secrets.values()}
    if hashes and kept.configured not in hashes:
        return ()
    told = (("access token", kept.expires_at), ("refresh token", kept.refresh_expires_at))
    return tuple(Expiry(name, utc(at)) for name, at in told if at is not None)


class _Standard(msgspec.Struct):
    """The fields of a grant. Shows nothing when printed."""

    access_token: str
    expires_in: float | None = None
    refresh_token: str | None = None
    refresh_token_expires_in: float | None = None
    refresh_expires_in: float | None = None

    def __repr__(self) -> str:
        return "Grant(…)"


def standard_grant(answer: Answer) -> Grant:
    """A grant as RFC 6749 writes it, with the two usual names for the life of the refresh token."""
    try:
        told = msgspec.json.decode(answer.body, type=_Standard, strict=False)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise SourceChanged("the answer to the renewal of the token holds no access token") from None
    lives = told.refresh_token_expires_in if told.refresh_token_expires_in is not None else told.refresh_expires_in
    return Grant(told.access_token, told.expires_in, told.refresh_token, lives)


def judge_grant(answer: Answer) -> None:
    """For token endpoints: a 400 there means that the refresh token is not accepted."""
    if answer.status == 400:
        raise SourceRefused(f"HTTP 400: {excerpt(answer.body)}")
    judge_status(answer)


def _hash(salt: str, text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16, salt=salt.encode()[:16], person=b"configured").hexdigest()
