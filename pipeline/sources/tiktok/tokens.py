"""New tokens of TikTok. Both APIs replace the refresh token as well: an old one is not accepted again."""

from __future__ import annotations

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Answer, Grant, Session, judge_grant, standard_grant
from pipeline.settings import Secret
from pipeline.sources._tiktok_business import judge_business


class _Data(msgspec.Struct):
    data: msgspec.Raw


def renew_business(client_id: Secret, client_secret: Secret, http: Session, refresh: Secret) -> Grant:
    """The Accounts API takes JSON and puts its grant into the envelope of every other answer."""
    body = {
        "client_id": client_id,
        "client_secret": client_secret,
        "grant_type": "refresh_token",
        "refresh_token": refresh,
    }
    answer = http.post("/open_api/v1.3/tt_user/oauth2/refresh_token/", json=body, judge=judge_business)
    try:
        grant = bytes(msgspec.json.decode(answer.body, type=_Data).data)
    except msgspec.DecodeError:
        raise SourceChanged("the answer to the renewal of the token has no data") from None
    return standard_grant(Answer(answer.status, answer.headers, grant))


def renew_display(client_key: Secret, client_secret: Secret, http: Session, refresh: Secret) -> Grant:
    """The Display API takes a form and answers with the bare grant."""
    form: dict[str, str | int | Secret] = {
        "client_key": client_key,
        "client_secret": client_secret,
        "grant_type": "refresh_token",
        "refresh_token": refresh,
    }
    return standard_grant(http.post("/v2/oauth/token/", form, judge=judge_grant))
