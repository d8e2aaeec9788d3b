"""What the APIs of Google share: who may ask, what an error object holds, and the midnight of their quotas.

Documentation: https://developers.google.com/identity/protocols/oauth2 and https://google.aip.dev/193
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from pipeline.errors import ConfigError, SourceRefused
from pipeline.http import Answer, Judge, Session, judge_status
from pipeline.http.reading import http_date
from pipeline.http.tokens import Grant, Token, standard_grant
from pipeline.settings import Account, Secret
from pipeline.sources._pacific import day_of, midnight

# Reasons that mean a quota: of the day, and of the moment.
SPENT: Final = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
SLOW_DOWN: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})


@dataclass(frozen=True)
class Refusal:
    """The ``error`` object of an answer: what it says to people, and its reasons in single words."""

    message: str
    status: str
    reasons: tuple[str, ...]

    @property
    def said(self) -> str:
        return f'the platform says "{self.message}" ({", ".join(self.reasons) or self.status})'


class _Detail(msgspec.Struct):
    reason: object = None


class _Error(msgspec.Struct):
    message: object = None
    status: object = None
    errors: list[_Detail] = []
    details: list[_Detail] = []


class _Envelope(msgspec.Struct):
    error: _Error | None = None


def refusal_of(answer: Answer) -> Refusal | None:
    """What the ``error`` object of the answer says, None where it has none."""
    try:
        error = msgspec.json.decode(answer.body, type=_Envelope).error
    except msgspec.DecodeError:
        error = None
    if error is None:
        return None
    reasons = tuple(str(each.reason) for each in (*error.errors, *error.details) if each.reason)
    return Refusal(str(error.message), str(error.status or answer.status), reasons)


def next_midnight(answer: Answer) -> datetime | None:
    """When a day's quota is given anew: the next midnight on the Pacific coast, by the platform's own clock."""
    now = http_date(answer.headers.get("Date", ""))
    if now is None:
        return None
    return midnight(day_of(now) + timedelta(days=1))


def owner_token(account: Account, judge: Judge) -> Token | None:
    """The token of whoever signed in to the app, None without a refresh token.

    ``judge`` reads the error objects of the API that is asked, which the token endpoint may answer with too.
    """
    refresh, secret = account.secrets.get("refresh_token"), account.secrets.get("client_secret")
    client = str(account.options.get("client_id") or "")
    if refresh is None:
        return None
    if secret is None or not client:
        raise ConfigError(f"{account.platform} {account.id}: refresh_token needs client_id and client_secret")

    def renew(http: Session, refresh: Secret) -> Grant:
        form: dict[str, str | int | Secret] = {
            "grant_type": "refresh_token",
            "client_id": client,
            "client_secret": secret,
            "refresh_token": refresh,
        }
        return granted(account, http, form, judge)

    return Token(account, refresh=refresh, renew=renew)


def granted(account: Account, http: Session, form: dict[str, str | int | Secret], judge: Judge) -> Grant:
    """What the token endpoint gives for this form."""
    with http.beside(str(account.options["token_base"])) as other:
        return standard_grant(other.post("/token", form, judge=lambda answer: _judge_grant(answer, judge)))


class _Told(msgspec.Struct):
    error: object = None
    error_description: object = None


def _judge_grant(answer: Answer, judge: Judge) -> None:
    """What a refusal of the token endpoint means: its error is a word, or the object of Google's other services."""
    try:
        told = msgspec.json.decode(answer.body, type=_Told)
    except msgspec.DecodeError:
        told = _Told()
    if isinstance(told.error, dict):
        judge(answer)
    said = f'Google says "{told.error_description}" ({told.error})'
    if told.error == "invalid_grant":
        raise SourceRefused(
            "the refresh token is dead: it was revoked or not used for six months, or the app's consent screen"
            f' stands at "Testing", where it dies after seven days (publish the app, then sign in anew): {said}'
        )
    if told.error in ("invalid_client", "unauthorized_client"):
        raise SourceRefused(f"check client_id and client_secret: {said}")
    judge_status(answer)
