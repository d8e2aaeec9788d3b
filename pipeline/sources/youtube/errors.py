"""What the errors of Google's APIs mean; both faces of YouTube put them into one and the same body.

Documentation: https://developers.google.com/youtube/v3/docs/errors
"""

from __future__ import annotations

import re

from pipeline.errors import (
    QuotaExhausted,
    SourceChanged,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from pipeline.http import Answer, judge_status, retry_after
from pipeline.sources._google import SLOW_DOWN, SPENT, Refusal, next_midnight, refusal_of

_GONE = frozenset({"playlistNotFound", "playlistItemsNotAccessible", "videoNotFound", "commentNotFound"})
_BAD_METRIC = re.compile(r"Unknown identifier \((\w+)\) given in field parameters\.metrics")
_REMEDIES = {
    "keyInvalid": "check the API key (key): it does not exist",
    "API_KEY_INVALID": "check the API key (key): it does not exist",
    "keyExpired": "renew the API key (key)",
    "ipRefererBlocked": "the API key (key) is limited to other addresses: allow this one in the Google Cloud console",
    "accessNotConfigured": "enable the YouTube Data API v3 and the YouTube Analytics API in the Google Cloud console",
    "SERVICE_DISABLED": "enable the YouTube Data API v3 and the YouTube Analytics API in the Google Cloud console",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "grant the scopes youtube.readonly and yt-analytics.readonly, and sign in anew",
    "insufficientPermissions": "grant the scopes youtube.readonly and yt-analytics.readonly, and sign in anew",
    "youtubeSignupRequired": "the Google account has no channel: sign in as the owner of this channel",
    "channelClosed": "the channel was closed",
    "channelSuspended": "the channel was suspended by YouTube",
}
_NOT_OURS = (
    "sign in as the owner of this channel, with the scopes youtube.readonly and yt-analytics.readonly: "
    "the figures of others are not given"
)


class CommentsDisabled(SourceRefused):
    """The comments are switched off: there is nothing to read, and nothing to renew."""


class Gone(SourceChanged):
    """A list or an object that the platform does not know (any more)."""


class MetricRefused(SourceChanged):
    """A metric that the platform does not know (any more); ``metric`` is its name."""

    def __init__(self, message: str, metric: str) -> None:
        super().__init__(message)
        self.metric = metric


def judge(answer: Answer) -> None:
    """Raise what the answer's ``error`` object means; without one, what its status means."""
    refusal = refusal_of(answer)
    if refusal is None:
        judge_status(answer)
        return
    raise _reading(answer, refusal)


def _reading(answer: Answer, refusal: Refusal) -> SourceError:
    reasons, said = refusal.reasons, refusal.said
    if SPENT.intersection(reasons):
        spent = f"the day's quota is spent until midnight, Pacific: {said}"
        return QuotaExhausted(spent, resets_at=next_midnight(answer))
    if SLOW_DOWN.intersection(reasons) or answer.status == 429 or answer.status >= 500:
        return SourceUnavailable(said, retry_after=retry_after(answer.headers))
    if answer.status == 401:
        return TokenExpired(f"the access token is not accepted: {said}")
    remedy = next((_REMEDIES[reason] for reason in reasons if reason in _REMEDIES), None)
    if remedy:
        return SourceRefused(f"{remedy}: {said}")
    return _of_an_object(answer, reasons, said)


def _of_an_object(answer: Answer, reasons: tuple[str, ...], said: str) -> SourceError:
    """What was asked for is not there, not given, or not known."""
    if "commentsDisabled" in reasons:
        return CommentsDisabled(said)
    if _GONE.intersection(reasons):
        return Gone(said)
    if refused := _BAD_METRIC.search(said):
        return MetricRefused(said, refused[1])
    return SourceRefused(f"{_NOT_OURS}: {said}") if answer.status == 403 else SourceChanged(said)
