"""Who asks YouTube, and how much may be asked: the owner's token or a key, and the day's units.

Documentation: https://developers.google.com/youtube/v3/determine_quota_cost and
https://developers.google.com/identity/protocols/oauth2#expiration
"""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec

from pipeline.errors import ConfigError, SourceRefused
from pipeline.http import Answer, Limits, Session, judge_status
from pipeline.http.limits import Known, Rates
from pipeline.http.tokens import Grant, Token, standard_grant
from pipeline.settings import Account, Secret
from pipeline.sources.youtube.errors import judge

KEY_ONLY: Final = "an API key shows only what is public: Analytics needs refresh_token, client_id and client_secret"

# No header tells of the units. Every method that is asked here costs one; Analytics has a quota of its own.
RATES: Final = Rates(
    bucket=lambda _: "units of the Data API",
    known={"units of the Data API": Known(limit=10_000, per="day in America/Los_Angeles")},
)


def signed_session(account: Account, platform: str, night: date | None, limits: Limits | None) -> Session:
    """A session of the Data API. The units belong to the project of the app, so its accounts share them."""
    key, project = account.secrets.get("key"), str(account.options.get("client_id") or "")
    token = _token(account)
    if token is None and key is None:
        raise ConfigError(f"{platform} {account.id}: refresh_token with client_id and client_secret is needed, or key")
    return Session(
        platform=platform,
        account=account.id,
        night=night,
        base=account.base,
        headers={"X-Goog-Api-Key": key} if key and token is None else None,
        limits=limits,
        rates=RATES,
        state=account.state,
        spender=project or key,
        token=token,
    )


def reports_session(account: Account, http: Session) -> Session | None:
    """The session of the Analytics API beside this one; None with a key alone, which it does not accept."""
    if http.token is None:
        return None
    return http.beside(str(account.options["analytics_base"]), token=http.token)


def _token(account: Account) -> Token | None:
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
        with http.beside(str(account.options["token_base"])) as other:
            return standard_grant(other.post("/token", form, judge=_judge_grant))

    return Token(account, refresh=refresh, renew=renew)


class _Refusal(msgspec.Struct):
    error: object = None
    error_description: object = None


def _judge_grant(answer: Answer) -> None:
    """What a refusal of the token endpoint means: its error is a word, or the object of Google's other services."""
    try:
        told = msgspec.json.decode(answer.body, type=_Refusal)
    except msgspec.DecodeError:
        told = _Refusal()
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
