"""Tokens that say themselves what they are: an access token names its night, a refresh token its generation.

So nothing that was issued has to be remembered, only the newest generation that was spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pipeline.simulator.world import World
from pipeline.simulator.world.networks.tiktok import MANNERS, Tiktok

DAY: Final = 86_400
YEAR: Final = 365 * DAY


def access_token(account: str, night: date) -> str:
    """Good for one day: for the fetch of that night."""
    return f"act.simulated!{account}!{night:%Y%m%d}"


def refresh_token(account: str, generation: int) -> str:
    """Good until it, or a later one, was exchanged."""
    return f"rft.simulated!{account}!{generation}"


def holder(token: str, night: date) -> str | None:
    """The account that may be read with the access token at that night."""
    kind, _, rest = token.partition("!")
    account, _, issued = rest.partition("!")
    known = kind == "act.simulated" and account in MANNERS.accounts and issued == f"{night:%Y%m%d}"
    return account if known else None


def exchanged(world: World, night: date, refresh: str) -> Mapping[str, object] | None:
    """A new pair of tokens for a refresh token, which is spent by this; None where it was not accepted."""
    kind, _, rest = refresh.partition("!")
    account, _, generation = rest.partition("!")
    if kind != "rft.simulated" or account not in MANNERS.accounts or not generation.isdecimal():
        return None
    if not world.network("tiktok", Tiktok).spend(account, int(generation)):
        return None
    return {
        "access_token": access_token(account, night),
        "expires_in": DAY,
        "refresh_token": refresh_token(account, int(generation) + 1),
        "open_id": account,
        "token_type": "Bearer",
    }
