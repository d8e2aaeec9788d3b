"""What the Display API's error codes mean; those of the Accounts API are shared with the advertising of TikTok.

Documentation: https://developers.tiktok.com/doc/tiktok-api-v2-error-handling
"""

from __future__ import annotations

import msgspec

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable, TokenExpired
from pipeline.http import Answer, judge_status, retry_after

_A_MINUTE = 60.0


class _Told(msgspec.Struct):
    code: object = None
    message: object = None
    log_id: object = None


class _Wrapped(msgspec.Struct):
    error: _Told | None = None


def judge_display(answer: Answer) -> None:
    """Raise what the ``error`` of the Display API means; its code is a word, ``ok`` for success."""
    try:
        told = msgspec.json.decode(answer.body, type=_Wrapped).error
    except msgspec.DecodeError:
        told = None
    if told is None or (told.code == "ok" and answer.status >= 300):
        judge_status(answer)
        raise SourceChanged("the answer has no code of success or failure")
    code = str(told.code)
    if code == "ok":
        return
    said = f'the platform says "{told.message}" ({code}, log {told.log_id})'
    if code == "rate_limit_exceeded":
        asked = retry_after(answer.headers)
        raise SourceUnavailable(said, retry_after=_A_MINUTE if asked is None else asked)
    if code == "access_token_invalid":
        raise TokenExpired(f"renew the access token: {said}")
    if code in {"scope_not_authorized", "scope_permission_missed"}:
        raise SourceRefused(f"grant the scopes user.info.basic, user.info.stats and video.list: {said}")
    if code == "internal_error" or answer.status >= 500:
        raise SourceUnavailable(said)
    raise SourceChanged(said)
