"""The token of Instagram's own login: it lives for 60 days, and renews itself while it lives.

Documentation: https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token/
"""

from __future__ import annotations

import re
from functools import partial

import msgspec

from pipeline.errors import SourceChanged, SourceRefused, TokenExpired
from pipeline.http import Answer, Grant, Session, Token
from pipeline.settings import Account, Secret
from pipeline.sources._graph_errors import Needs, judge

# A token of less than a day cannot be renewed yet. Due again at 70 % of this.
_TOO_YOUNG = 36 * 3600
_NEEDS = Needs("instagram_business_basic", token="token of Instagram's login", thing="account")  # noqa: S106
_PATH = "/refresh_access_token"


class _Renewed(msgspec.Struct):
    access_token: str
    expires_in: float | None = None


def lasting(account: Account) -> Token:
    """The account's token as one that is renewed in time.

    Nothing tells when the configured token was made, so the first session renews it, which tells.
    """
    return Token(account, refresh=account.secrets["token"], renew=_renew)


def _renew(http: Session, token: Secret) -> Grant:
    """A token for the next 60 days. TokenExpired where the old one is dead."""
    base = re.sub(r"/v\d+\.\d+$", "", http.base)
    try:
        answer = _ask(http, base, token)
    except TokenExpired:
        raise
    except (SourceRefused, SourceChanged):
        # It lives, and is not renewed: it is not a day old yet.
        return Grant(token.reveal(), _TOO_YOUNG, token.reveal())
    try:
        told = msgspec.json.decode(answer.body, type=_Renewed)
    except msgspec.DecodeError:
        raise SourceChanged("the answer to the renewal of the token holds no access token") from None
    return Grant(told.access_token, told.expires_in, told.access_token)


def _ask(http: Session, base: str, token: Secret) -> Answer:
    """With the token in the header; as a parameter, which is how it is documented, where that is refused."""
    meaning = partial(judge, needs=_NEEDS)
    kind = ("grant_type", "ig_refresh_token")
    with http.beside(base, {"Authorization": Secret(token.reference, f"Bearer {token.reveal()}")}) as named:
        try:
            return named.get(_PATH, (kind,), judge=meaning)
        except (SourceRefused, SourceChanged):
            pass
    with http.beside(base) as bare:
        return bare.get(_PATH, (kind, ("access_token", token.reveal())), judge=meaning)
