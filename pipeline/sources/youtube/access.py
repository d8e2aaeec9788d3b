"""Who asks YouTube, and how much may be asked: the owner's token or a key, and the day's units.

Documentation: https://developers.google.com/youtube/v3/determine_quota_cost and
https://developers.google.com/identity/protocols/oauth2#expiration
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.errors import ConfigError
from pipeline.http import Limits, Session
from pipeline.http.limits import Known, Rates
from pipeline.settings import Account
from pipeline.sources._google import owner_token
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
    token = owner_token(account, judge)
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
