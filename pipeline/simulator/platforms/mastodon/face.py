"""The face of one Mastodon instance: accounts, statuses, what was answered; paging by Link headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pipeline.simulator.distortions import negative_counts, restated, string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Face, Refusal
from pipeline.simulator.platforms.mastodon.account import TOKEN
from pipeline.simulator.platforms.mastodon.allowance import ALLOWANCE
from pipeline.simulator.platforms.mastodon.statuses import (
    Row,
    account_row,
    boost_row,
    response_row,
    status_row,
    written,
)
from pipeline.simulator.refusals import html_page, unavailable
from pipeline.simulator.wire import Pairs, Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import observed_at
from pipeline.simulator.world.networks.mastodon import NUMBERS, Mastodon, id_of

PREFIX = "/mastodon"
LIMIT = 300
LISTED = frozenset(
    {"limit", "max_id", "since_id", "min_id", "exclude_replies", "exclude_reblogs", "only_media", "pinned", "tagged"}
)
MOST, DEFAULT = 40, 20
ACCOUNTS = {number: account for account, number in NUMBERS.items()}


def network_of(world: World) -> Mastodon:
    return world.network("mastodon", Mastodon)


def error(message: str, status: int) -> Reply:
    return Reply({"error": message}, status=status)


def account_of(request: Request) -> str | None:
    """By the account's number, or the name that is looked up; of a single status nobody's."""
    found = re.match(rf"{PREFIX}/api/v1/accounts/(\d+)", request.path)
    if found:
        return ACCOUNTS.get(found[1])
    return request.params.get("acct")


def answer(request: Request, world: World, night: date) -> Reply:
    """What the instance answers as of that night, with its headers."""
    reply = _answer(request, world, night)
    return replace(reply, headers=(*reply.headers, *limits(night, LIMIT - 1)))


def limits(night: date, remaining: int) -> Pairs:
    """The instance names the end of its window as a moment in ISO format, to the microsecond."""
    reset = observed_at(night) + timedelta(minutes=5)
    return (
        ("X-RateLimit-Limit", str(LIMIT)),
        ("X-RateLimit-Remaining", str(remaining)),
        ("X-RateLimit-Reset", reset.strftime("%Y-%m-%dT%H:%M:%S.") + f"{348080:06d}Z"),
    )


def _answer(request: Request, world: World, night: date) -> Reply:
    if request.headers.get("authorization") not in {None, f"Bearer {TOKEN}"}:
        return error("The access token is invalid", 401)
    path = request.path.removeprefix(f"{PREFIX}/api/v1")
    if request.method != "GET" or path == request.path:
        return error("Not Found", 404)
    if path in LISTS:
        return LISTS[path](request, world, night)
    if found := re.fullmatch(r"/accounts/(\d+)(/statuses)?", path):
        return _account(request, world, night, ACCOUNTS.get(found[1]), listed=bool(found[2]))
    found = re.fullmatch(r"/statuses/(\d+)(/context)?", path)
    return _status(request, world, night, found[1], context=bool(found[2])) if found else error("Not Found", 404)


def _strange(request: Request, names: frozenset[str]) -> Reply | None:
    """A parameter that nobody knows: a misspelt one must not pass as if it had been heeded."""
    unknown = sorted({name for name, _ in request.query} - names)
    return error(f"Validation failed: unknown parameter {unknown[0]}", 422) if unknown else None


def _lookup(request: Request, world: World, night: date) -> Reply:
    account = request.params.get("acct", "").removeprefix("@").lower()
    if account not in NUMBERS:
        return error("Record not found", 404)
    return _strange(request, frozenset({"acct"})) or Reply(account_row(network_of(world), account, night))


def _account(request: Request, world: World, night: date, account: str | None, *, listed: bool) -> Reply:
    if account is None:
        return error("Record not found", 404)
    if not listed:
        return _strange(request, frozenset()) or Reply(account_row(network_of(world), account, night))
    refused = _strange(request, LISTED)
    limit = request.params.get("limit", str(DEFAULT))
    if refused or not limit.isdecimal():
        return refused or error("Validation failed: limit is not a number", 422)
    rows = _rows(request, world, night, account)
    page = rows[: max(1, min(int(limit), MOST))]
    links = []
    if page:
        if rows[-1]["id"] != page[-1]["id"]:
            links.append(f'<{request.url(max_id=page[-1]["id"], min_id=None)}>; rel="next"')
        links.append(f'<{request.url(min_id=page[0]["id"], max_id=None)}>; rel="prev"')
    return Reply(page, headers=(("Link", ", ".join(links)),) if links else ())


def _rows(request: Request, world: World, night: date, account: str) -> list[Row]:
    """The account's statuses that the request asks for, newest first; a page is cut from their begin."""
    network, asked = network_of(world), request.params
    most = int(asked["max_id"]) if asked.get("max_id", "").isdecimal() else 2**63
    least = max(int(asked.get(name) or 0) for name in ("since_id", "min_id"))
    last = datetime.fromtimestamp(min((most >> 16) / 1000 + 1, 4e9), UTC)
    stories = network.stories(account, night, end=last)
    by = account_row(network, account, night)
    wanted = [story for story in stories if least < int(id_of(story)) < most]
    rows = [status_row(network, story, night, by) for story in wanted[: MOST + 1]]
    if asked.get("exclude_reblogs") not in {"true", "1"}:
        boosts = network.boosts(account, night)
        rows += [boost_row(boost, by) for boost in boosts if least < int(boost.id) < most]
    if asked.get("exclude_replies") not in {"true", "1"}:
        said = [r for story in stories for r in network.live_responses(story, night) if r.is_own]
        rows += [response_row(network, r, by) for r in said if least < int(id_of(r)) < most]
    return sorted(rows, key=lambda row: int(row["id"]), reverse=True)


def _several(request: Request, world: World, night: date) -> Reply:
    """Statuses by their ids; those that do not exist are left out."""
    network = network_of(world)
    ids = [value for name, value in request.query if name == "id[]"]
    found = [network.post_by_id(number, night) for number in ids[:MOST]]
    rows = [status_row(network, s, night, account_row(network, s.account, night)) for s in found if s]
    return _strange(request, frozenset({"id[]"})) or Reply(rows)


def _status(request: Request, world: World, night: date, number: str, *, context: bool) -> Reply:
    network = network_of(world)
    story = network.post_by_id(number, night)
    if story is None:
        return error("Record not found", 404)
    if refused := _strange(request, frozenset()):
        return refused
    by = account_row(network, story.account, night)
    if not context:
        return Reply(status_row(network, story, night, by))
    below = [response_row(network, response, by) for response in network.live_responses(story, night)]
    return Reply({"ancestors": [], "descendants": below})


LISTS: Mapping[str, Callable[[Request, World, date], Reply]] = {
    "/accounts/lookup": _lookup,
    "/statuses": _several,
}


def _too_many(request: Request, args: Args) -> Reply | None:
    """The window is spent; ``args``: ``reset``, a moment in ISO format."""
    del request
    reset = str(args.get("reset", written(observed_at(date(2026, 11, 2)) + timedelta(minutes=5))))
    headers: Pairs = (("X-RateLimit-Limit", str(LIMIT)), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", reset))
    return replace(error("Too many requests", 429), headers=headers)


def _expired(request: Request, args: Args) -> Reply | None:
    del args
    return error("The access token was revoked", 401) if "authorization" in request.headers else None


def _is_list(reply: Reply) -> bool:
    return reply.status == 200 and isinstance(reply.document, list)


def _short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Half a page, although the Link header says that there is more: filters work after the cut."""
    del args, again
    rows = reply.document
    if not _is_list(reply) or not isinstance(rows, list) or 'rel="next"' not in (reply.header("Link") or ""):
        return reply
    kept = rows[: max(1, len(rows) // 2)]
    link = f'<{request.url(max_id=kept[-1]["id"])}>; rel="next"'
    return replace(reply, document=kept, headers=tuple((k, link if k == "Link" else v) for k, v in reply.headers))


def _empty_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    del request, args, again
    return replace(reply, document=[]) if _is_list(reply) else reply


def _missing_next(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """A proxy has swallowed the Link header."""
    del request, args, again
    return replace(reply, headers=tuple(pair for pair in reply.headers if pair[0] != "Link"))


def _deleted_post(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """The status ``post`` (its id) is gone."""
    del again
    post = str(args["post"])
    if f"/statuses/{post}" in request.path:
        return error("Record not found", 404)
    if not _is_list(reply) or not isinstance(reply.document, list):
        return reply
    return replace(reply, document=[row for row in reply.document if row.get("id") != post])


COUNTS = frozenset({"favourites_count", "reblogs_count", "replies_count", "followers_count"})
REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _too_many,
    "expired_token": _expired,
    "unavailable": unavailable(error("Service unavailable", 503)),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": string_numbers(),
    "negative_counts": negative_counts(COUNTS),
    "restated": restated(COUNTS),
    "short_page": _short_page,
    "empty_page": _empty_page,
    "missing_next": _missing_next,
    "deleted_post": _deleted_post,
}
FACE = Face(
    name="mastodon",
    platform="mastodon",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
    allowance=ALLOWANCE,
)
