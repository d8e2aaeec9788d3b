"""What every session with LinkedIn carries: a version that is a month and ages, and a token that may be renewed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from pipeline.errors import ConfigError
from pipeline.http import Limits, Rates, Session
from pipeline.http.tokens import Grant, Token, judge_grant, standard_grant
from pipeline.settings import Account, Secret

API_VERSION = "202608"
# What renews a token that has expired: all three or none.
RENEWING = ("refresh_token", "client_id", "client_secret")
OPTIONS: Mapping[str, object] = {
    "version": API_VERSION,
    "token_base": "https://www.linkedin.com/oauth/v2",
}
# No answer tells of a limit. One that is spent, of a resource and an application, is not asked again by any account.
RATES = Rates(bucket=lambda path: path.strip("/").partition("/")[0])
_WARNED_FROM_MONTH = 10
_VERSION = re.compile(r"(20\d\d)(0[1-9]|1[0-2])")


def opened(account: Account, night: date | None, limits: Limits | None) -> Session:
    """A session with the token, the version and the protocol in its headers. ConfigError for a bad version,
    or a refresh token that nobody could use."""
    year, month = _month(account)
    refresh = account.secrets.get("refresh_token")
    missing = [name for name in ("client_id", "client_secret") if name not in account.secrets]
    if refresh and missing:
        raise ConfigError(f"{account.platform} {account.id}: refresh_token needs {' and '.join(missing)} beside it")
    return Session(
        platform=account.platform,
        account=account.id,
        night=night,
        base=account.base,
        headers={"Linkedin-Version": f"{year}{month:02}", "X-Restli-Protocol-Version": "2.0.0"},
        limits=limits,
        rates=RATES,
        state=account.state,
        spender=account.secrets.get("client_id") or account.secrets["token"],
        token=Token(
            account,
            access=account.secrets["token"],
            refresh=refresh,
            renew=partial(_renewed, account) if refresh else None,
        ),
    )


def _renewed(account: Account, http: Session, refresh: Secret) -> Grant:
    """A new access token of 60 days. The refresh token stays the same, and ends when it always would."""
    form: Mapping[str, str | int | Secret] = {
        "grant_type": "refresh_token",
        "refresh_token": refresh,
        "client_id": account.secrets["client_id"],
        "client_secret": account.secrets["client_secret"],
    }
    with http.beside(str(account.options["token_base"])) as other:
        return standard_grant(other.post("/accessToken", form, judge=judge_grant))


def warnings(account: Account, day: date) -> Iterator[str]:
    """What a person should do soon, as seen on that day: a version ages, and then nothing answers any more."""
    year, month = _month(account)
    age = (day.year - year) * 12 + day.month - month + 1
    if age >= _WARNED_FROM_MONTH:
        yield (
            f"the API version {year}{month:02} is in month {age} of about 12: "
            f"set version to a newer one before {year + 1}-{month:02}-15"
        )


def version_ends(account: Account) -> tuple[str, date] | None:
    """The version in use and its last day: the 15th, a year after its month."""
    year, month = _month(account)
    return f"{year}{month:02}", date(year + 1, month, 15)


def _month(account: Account) -> tuple[int, int]:
    text = str(account.options.get("version") or API_VERSION)
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ConfigError(f"{account.platform} {account.id}: version must be a month such as {API_VERSION}")
    return int(found[1]), int(found[2])
