"""How X fails: what it says instead of answering, and how its answers can be bent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pipeline.simulator.distortions import negative_counts, on_success, restated, string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.platforms.x.dialects import in_posts, translated
from pipeline.simulator.platforms.x.problems import (
    ProblemError,
    invalid,
    limits,
    missing,
    not_yours,
    problem,
    unauthorized,
    words,
)
from pipeline.simulator.refusals import html_page, unavailable
from pipeline.simulator.wire import Reply, Request

COUNTERS = words(
    "retweet_count repost_count reply_count like_count quote_count bookmark_count impression_count url_link_clicks"
    " user_profile_clicks engagements followers_count impressions likes replies retweets url_clicks"
)
RENEWAL = "/oauth2/token"


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """The limit of this endpoint is spent until ``reset`` (unix seconds; args: ``now`` + ``seconds``)."""
    del request
    now = datetime.fromtimestamp(float(args.get("now", 1_793_674_800)), UTC)
    headers = limits(int(args.get("limit", 900)), 0, now)
    if "reset" in args:
        headers = (*headers[:2], ("x-rate-limit-reset", str(args["reset"])))
    return Reply(
        {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429},
        status=429,
        headers=headers,
    )


def _expired_token(request: Request, args: Args) -> Reply | None:
    """The access token is not good any more; the renewal itself still works."""
    del args
    return None if request.path.endswith(RENEWAL) else unauthorized()


def _usage_capped(request: Request, args: Args) -> Reply | None:
    """The prepaid credits or the monthly cap are spent."""
    del request
    told = "Usage cap exceeded: Monthly product cap"
    period = str(args.get("period", "Monthly"))
    return problem(429, "UsageCapExceeded", told, "usage-capped", period=period, scope="Product")


def _forbidden(request: Request, args: Args) -> Reply | None:
    del request, args
    told = (
        "When authenticating requests to the X API v2 endpoints, you must use keys from an App attached to a Project."
    )
    return problem(403, "Client Forbidden", told, "client-forbidden", reason="client-not-enrolled")


def _post_naming(request: Request, args: Args) -> Reply | None:
    """From now on the app speaks of posts: the words of tweets are unknown."""
    del args
    if "tweet.fields" not in request.params:
        return None
    return invalid("tweet.fields", request.params["tweet.fields"], "The query parameter [tweet.fields] is not known")


def _posts_instead(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """The other half of ``post_naming``: requests in the words of posts are answered in them."""
    del args
    if reply.status == 200 or "post.fields" not in request.params:
        return in_posts(reply) if reply.status == 200 else reply
    try:
        return in_posts(again(translated(request)))
    except ProblemError as refused:
        return refused.reply


def _is_list(reply: Reply) -> bool:
    return reply.status == 200 and isinstance(reply.document, dict) and isinstance(reply.document.get("data"), list)


def _deleted_post(document: Any, args: Args) -> Any:
    """A post (``post``: its id) that is gone: out of the data, and beside it where ids were asked for."""
    if not isinstance(document, dict) or not isinstance(document.get("data"), list):
        return document
    left = [row for row in document["data"] if row.get("id") != str(args["post"])]
    if len(left) == len(document["data"]):
        return document
    rest = {key: value for key, value in document.items() if key != "data"}
    if "meta" in document:
        rest["meta"] = {**document["meta"], "result_count": len(left)}
    else:
        rest["errors"] = [*document.get("errors", ()), missing("tweet", "ids", str(args["post"]))]
    return {**({"data": left} if left else {}), **rest}


def _not_authorized(document: Any, args: Args) -> Any:
    """The first post of a list loses its private metrics; with ``omit`` the post itself is left out."""
    if not isinstance(document, dict) or not isinstance(document.get("data"), list):
        return document
    first, *others = document["data"]
    if "non_public_metrics" not in first:
        return document
    plain = {key: value for key, value in first.items() if key not in ("non_public_metrics", "organic_metrics")}
    errors = [not_yours(first["id"], name) for name in ("non_public_metrics", "organic_metrics")]
    return {**document, "data": [*([] if args.get("omit") else [plain]), *others], "errors": errors}


def _partial_error(document: Any, args: Args) -> Any:
    """Something beside the data that says the data is not all of it."""
    if not isinstance(document, dict) or "data" not in document:
        return document
    kind = str(args.get("problem", "field-hydration-failure"))
    told = {"title": "Hydration failed", "detail": "A field could not be read.", "resource_type": "tweet"}
    return {**document, "errors": [{**told, "type": f"https://api.x.com/2/problems/{kind}"}]}


def _empty_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    del request, args, again
    return replace(reply, document={"meta": {"result_count": 0}}) if _is_list(reply) else reply


def _short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Half as many as were asked for, with a token: nothing is lost."""
    del args
    size = request.params.get("max_results", "10")
    if not _is_list(reply) or not size.isdecimal() or "max_results" not in request.params:
        return reply
    return again(request.having(max_results=max(10, int(size) // 2)))


def _missing_next(document: Any, args: Args) -> Any:
    """A page that is not the last one, without the token that leads on."""
    del args
    if not isinstance(document, dict) or "meta" not in document:
        return document
    return {**document, "meta": {key: value for key, value in document["meta"].items() if key != "next_token"}}


def _cursor_loop(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """From the second page on, the token leads to the page itself."""
    del args, again
    token = request.params.get("pagination_token") or request.params.get("next_token")
    if not token or not _is_list(reply) or not isinstance(reply.document, dict):
        return reply
    return replace(reply, document={**reply.document, "meta": {**reply.document["meta"], "next_token": token}})


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _rate_limit,
    "expired_token": _expired_token,
    "usage_capped": _usage_capped,
    "forbidden": _forbidden,
    "post_naming": _post_naming,
    "unavailable": unavailable(problem(503, "Service Unavailable", "Service Unavailable", "about:blank")),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "post_naming": _posts_instead,
    "deleted_post": on_success(_deleted_post),
    "not_authorized": on_success(_not_authorized),
    "partial_error": on_success(_partial_error),
    "restated": restated(COUNTERS),
    "string_numbers": string_numbers(),
    "negative_counts": negative_counts(COUNTERS),
    "empty_page": _empty_page,
    "short_page": _short_page,
    "missing_next": on_success(_missing_next),
    "cursor_loop": _cursor_loop,
}
