"""What a shop's refusals mean, whether they come with a status or inside of HTTP 200.

Documentation: https://shopify.dev/docs/api/admin-graphql#status_and_error_codes
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from pipeline.errors import QuotaExhausted, SourceChanged, SourceError, SourceRefused, SourceUnavailable
from pipeline.http import Answer, judge_status
from pipeline.http.reading import http_date
from pipeline.http.redaction import excerpt
from pipeline.sources.shopify.points import cost_of

_REFUSED: Final = {
    401: "renew the token of this account",
    402: "the shop is frozen until its plan is paid",
    403: "renew the token of this account, or give the app the permission",
    404: "there is no shop at this address; check base",
    423: "the shop is locked; ask Shopify's support",
    430: "the shop takes the requests for an attack; check the token and the app",
}


class TooCostly(SourceChanged):
    """One query asks for more than a single one may cost: a smaller page may do."""


class _Extensions(msgspec.Struct):
    code: str = ""


class _Error(msgspec.Struct):
    message: str = ""
    extensions: _Extensions = msgspec.field(default_factory=_Extensions)


class _Told(msgspec.Struct):
    # A list of errors, or one sentence where the request did not reach GraphQL.
    errors: list[_Error] | str | None = None


def judge(answer: Answer) -> None:
    """Raise what the status or the first error says. An answer with an error is not believed in part either."""
    if answer.status in _REFUSED:
        raise SourceRefused(f"{_REFUSED[answer.status]}: HTTP {answer.status}: {excerpt(answer.body)}")
    judge_status(answer)
    try:
        errors = msgspec.json.decode(answer.body, type=_Told).errors
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise SourceChanged(f"an answer of another form than GraphQL's: {excerpt(answer.body)}") from None
    if isinstance(errors, str):
        raise SourceRefused(f"renew the token of this account: {errors}")
    if errors:
        raise _meaning(errors[0], answer)


def _meaning(error: _Error, answer: Answer) -> SourceError:
    code = error.extensions.code
    said = f'the shop says "{error.message}" ({code or "without a code"})'
    if code == "THROTTLED":
        return _throttled(said, answer)
    if code == "MAX_COST_EXCEEDED":
        return TooCostly(said)
    if code in {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
        return SourceUnavailable(said)
    if code == "ACCESS_DENIED":
        return SourceRefused(f"give the app the access scope that is named, and renew its token: {said}")
    if code == "SHOP_INACTIVE":
        return SourceRefused(f"the shop is closed: {said}")
    return SourceChanged(said)


def _throttled(said: str, answer: Answer) -> SourceError:
    """The bucket of points is too empty for this query: it fills by so many points a second."""
    now, cost = http_date(answer.headers.get("Date", "")), cost_of(answer)
    if now is None or cost is None:
        return SourceUnavailable(said)
    return QuotaExhausted(said, resets_at=now + timedelta(seconds=cost.until_full))
