"""The brand's accounts: a large one with a user's token, and a small one that an app reads for itself.

The large one's app speaks of tweets, the small one's of posts, as the two published descriptions of the
API do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.simulator.brand import BRAND, BrandAccount
from pipeline.simulator.world.networks.x import HANDLES, LARGE, RIVAL, SMALL

USER_TOKEN: Final = "sim-x-user-token-not-a-secret"
REFRESH_TOKEN: Final = "sim-x-refresh-token-0-not-a-secret"
APP_TOKEN: Final = "sim-x-app-token-not-a-secret"
CLIENT_ID: Final = "sim-x-client"
_RENEWED = re.compile(r"sim-x-user-token-(\d+)-not-a-secret")
_REFRESH = re.compile(r"sim-x-refresh-token-(\d+)-not-a-secret")

Dialect = Literal["tweet", "post"]


@dataclass(frozen=True)
class Holder:
    """Whom a token speaks for, in which words; ``user`` False: for an app alone, which sees nothing private."""

    account: str
    user: bool
    dialect: Dialect


_LARGE: Final = Holder(LARGE, user=True, dialect="tweet")
_HOLDERS: Final[Mapping[str, Holder]] = {USER_TOKEN: _LARGE, APP_TOKEN: Holder(SMALL, user=False, dialect="post")}
ACCOUNTS: Final = (
    BrandAccount("x", LARGE, BRAND, "UTC", receives_visits=True),
    BrandAccount("x", SMALL, f"{BRAND} – Saint-Malo", "UTC"),
)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_X_TOKEN": USER_TOKEN,
    "VIGIE_SIM_X_REFRESH_TOKEN": REFRESH_TOKEN,
    "VIGIE_SIM_X_APP_TOKEN": APP_TOKEN,
}


def holder_of(token: str) -> Holder | None:
    """Whom the token belongs to; a renewed one to the large account."""
    return _LARGE if _RENEWED.fullmatch(token) else _HOLDERS.get(token)


def renewed(refresh: str) -> tuple[str, str] | None:
    """The access and the refresh token that follow this refresh token, None for one that was never given."""
    found = _REFRESH.fullmatch(refresh)
    if found is None:
        return None
    serial = int(found[1]) + 1
    return f"sim-x-user-token-{serial}-not-a-secret", f"sim-x-refresh-token-{serial}-not-a-secret"


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    lines = [f'base = "{base}/x"', f'tracked = ["{HANDLES[RIVAL]}"]']
    if account.id == SMALL:
        return [f'base = "{base}/x"', 'token = "env:VIGIE_SIM_X_APP_TOKEN"', 'context = "app"']
    return [
        *lines,
        'token = "env:VIGIE_SIM_X_TOKEN"',
        'refresh_token = "env:VIGIE_SIM_X_REFRESH_TOKEN"',
        f'client_id = "{CLIENT_ID}"',
    ]
