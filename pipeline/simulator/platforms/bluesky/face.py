"""The face of Bluesky's public view: XRPC queries without credentials, cursors that are moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.simulator.distortions import negative_counts, restated, string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Face, Refusal
from pipeline.simulator.platforms.bluesky.allowance import ALLOWANCE
from pipeline.simulator.platforms.bluesky.views import Row, post_view, profile, repost_item, thread_view, written
from pipeline.simulator.refusals import html_page, unavailable
from pipeline.simulator.wire import Pairs, Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import observed_at
from pipeline.simulator.world.community import Story
from pipeline.simulator.world.networks.bluesky import DIDS, Bluesky

PREFIX = "/bluesky"
LIMIT, WINDOW = 3000, 300
MOST, DEFAULT = 100, 50
MOST_ACTORS = MOST_URIS = 25
FILTERS = frozenset(
    {
        "posts_with_replies",
        "posts_no_replies",
        "posts_with_media",
        "posts_and_author_threads",
        "posts_with_video",
    }
)


def network_of(world: World) -> Bluesky:
    return world.network("bluesky", Bluesky)


def error(name: str, message: str, status: int = 400) -> Reply:
    return Reply({"error": name, "message": message}, status=status)


def _account(actor: str | None) -> str | None:
    """By handle or by DID."""
    wanted = (actor or "").lower()
    return next((name for name, did in DIDS.items() if wanted in {name, did.lower()}), None)


def account_of(request: Request) -> str | None:
    """As the settings know it: the main account by its handle, the small one by its DID."""
    found = _account(request.params.get("actor"))
    if found is None and "uri" in request.params:
        found = next((name for name, did in DIDS.items() if f"//{did}/" in request.params["uri"]), None)
    return DIDS[found] if found and found.startswith("saint-malo") else found


def answer(request: Request, world: World, night: date) -> Reply:
    """What the view answers as of that night, with its headers."""
    reply = _answer(request, world, night)
    return replace(reply, headers=(*reply.headers, *limits(observed_at(night), LIMIT - 1)))


def limits(now: datetime, remaining: int) -> Pairs:
    """The end of the window comes in unix seconds."""
    reset = int((now + timedelta(seconds=WINDOW)).timestamp())
    return (
        ("RateLimit-Limit", str(LIMIT)),
        ("RateLimit-Remaining", str(remaining)),
        ("RateLimit-Reset", str(reset)),
        ("RateLimit-Policy", f"{LIMIT};w={WINDOW}"),
    )


def _answer(request: Request, world: World, night: date) -> Reply:
    if "authorization" in request.headers:
        # The public view needs nobody's name, but looks at a token that it is given, and none is made for it.
        return error("BadJwt", "poorly formatted jwt", 401)
    name = request.path.removeprefix(f"{PREFIX}/xrpc/")
    known = QUERIES.get(name)
    if request.method != "GET" or known is None:
        return error("MethodNotImplemented", "Method Not Implemented", 501)
    parameters, query = known
    unknown = sorted({key for key, _ in request.query} - parameters)
    if unknown:
        return error("InvalidRequest", f"Error: Params have an unexpected property {unknown[0]}")
    return query(request, world, night)


def _profile(request: Request, world: World, night: date) -> Reply:
    account = _account(request.params.get("actor"))
    if account is None:
        return error("InvalidRequest", "Profile not found")
    return Reply(profile(network_of(world), account, night))


def _profiles(request: Request, world: World, night: date) -> Reply:
    """Those that exist; the others are left out."""
    actors = [value for key, value in request.query if key == "actors"]
    if not 0 < len(actors) <= MOST_ACTORS:
        return error("InvalidRequest", f"Error: actors must not have more than {MOST_ACTORS} elements")
    found = [account for actor in actors if (account := _account(actor))]
    return Reply({"profiles": [profile(network_of(world), account, night) for account in found]})


def _feed(request: Request, world: World, night: date) -> Reply:
    account, limit = _account(request.params.get("actor")), request.params.get("limit", str(DEFAULT))
    if account is None:
        return error("InvalidRequest", "Profile not found")
    if not limit.isdecimal() or not 1 <= int(limit) <= MOST:
        return error("InvalidRequest", f"Error: limit must be between 1 and {MOST}")
    if request.params.get("filter", "posts_with_replies") not in FILTERS:
        return error("InvalidRequest", "Error: filter is not one of the known values")
    try:
        before = datetime.fromisoformat(request.params["cursor"]) if request.params.get("cursor") else None
    except ValueError:
        return error("InvalidRequest", "Malformed cursor")
    items = _items(network_of(world), account, night, before)
    page = items[: int(limit)]
    feed = [item for _, item in page]
    pinned = network_of(world).pinned(account, night)
    if before is None and pinned and request.params.get("includePins") == "true":
        reason = {"$type": "app.bsky.feed.defs#reasonPin"}
        feed.insert(0, {"post": post_view(network_of(world), pinned, night), "reason": reason})
    # The cursor comes as long as there was anything: the last page is an empty one.
    return Reply({"cursor": written(page[-1][0]), "feed": feed} if page else {"feed": feed})


def _items(network: Bluesky, account: str, night: date, before: datetime | None) -> list[tuple[datetime, Row]]:
    """Own posts and reposts with the moment by which the feed is sorted, newest first."""
    before = before.astimezone(UTC) if before else None
    # One more millisecond: the cursor itself was on the page before.
    stories = network.stories(account, night, end=before)
    found: list[tuple[datetime, Story | Row]] = [(story.created, story) for story in stories[: MOST + 1]]
    found += [
        (repost.created, repost_item(repost, account))
        for repost in network.reposts(account, night)
        if before is None or repost.created < before
    ]
    found = sorted(found, key=lambda each: each[0], reverse=True)[:MOST]
    return [
        (moment, {"post": post_view(network, item, night)} if isinstance(item, Story) else item)
        for moment, item in found
    ]


def _posts(request: Request, world: World, night: date) -> Reply:
    """Those that exist; a deleted one is simply missing."""
    uris = [value for key, value in request.query if key == "uris"]
    if not 0 < len(uris) <= MOST_URIS:
        return error("InvalidRequest", f"Error: uris must not have more than {MOST_URIS} elements")
    found = [story for uri in uris if (story := network_of(world).post_by_uri(uri, night))]
    return Reply({"posts": [post_view(network_of(world), story, night) for story in found]})


def _thread(request: Request, world: World, night: date) -> Reply:
    uri = request.params.get("uri", "")
    story = network_of(world).post_by_uri(uri, night)
    if story is None:
        return error("NotFound", f"Post not found: {uri}")
    return Reply({"thread": thread_view(network_of(world), story, night)})


Query = Callable[[Request, World, date], Reply]
QUERIES: Mapping[str, tuple[frozenset[str], Query]] = {
    "app.bsky.actor.getProfile": (frozenset({"actor"}), _profile),
    "app.bsky.actor.getProfiles": (frozenset({"actors"}), _profiles),
    "app.bsky.feed.getAuthorFeed": (frozenset({"actor", "limit", "cursor", "filter", "includePins"}), _feed),
    "app.bsky.feed.getPosts": (frozenset({"uris"}), _posts),
    "app.bsky.feed.getPostThread": (frozenset({"uri", "depth", "parentHeight"}), _thread),
}


def _too_many(request: Request, args: Args) -> Reply | None:
    """The window is spent; ``args``: ``reset`` in unix seconds, ``retry_after`` in seconds."""
    del request
    headers: Pairs = (("RateLimit-Limit", str(LIMIT)), ("RateLimit-Remaining", "0"))
    headers += (("RateLimit-Reset", str(args["reset"])),) if "reset" in args else ()
    headers += (("Retry-After", str(args["retry_after"])),) if "retry_after" in args else ()
    return replace(error("RateLimitExceeded", "Rate Limit Exceeded", 429), headers=headers)


def _expired(request: Request, args: Args) -> Reply | None:
    """An account that asks its readers to log in; an expired session comes with status 400."""
    del request, args
    return error("ExpiredToken", "Token has expired")


def _feed_of(reply: Reply) -> list[Any] | None:
    document = reply.document
    return document.get("feed") if reply.status == 200 and isinstance(document, dict) else None


def _short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Half a page: posts were filtered out after the page was cut; the cursor goes on where it should."""
    del args, again
    feed = _feed_of(reply)
    if not feed or not isinstance(reply.document, dict) or len(feed) < 2:
        return reply
    kept = feed[: len(feed) // 2]
    last = kept[-1].get("reason", kept[-1]["post"])["indexedAt"]
    del request
    # The item itself was created just before it was indexed.
    moment = datetime.fromisoformat(last)
    return replace(reply, document={"cursor": written(moment - timedelta(milliseconds=740)), "feed": kept})


def _empty_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    del request, args, again
    return reply if _feed_of(reply) is None else replace(reply, document={"feed": []})


def _missing_next(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """A page without its cursor, as on the last one."""
    del request, args, again
    feed = _feed_of(reply)
    return reply if feed is None else replace(reply, document={"feed": feed})


def _deleted_post(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """The post ``post`` (its uri) is gone."""
    del again
    uri = str(args["post"])
    if request.params.get("uri") == uri:
        return error("NotFound", f"Post not found: {uri}")
    feed = _feed_of(reply)
    if feed is None or not isinstance(reply.document, dict):
        return reply
    return replace(reply, document={**reply.document, "feed": [i for i in feed if i["post"]["uri"] != uri]})


COUNTS = frozenset({"likeCount", "repostCount", "replyCount", "followersCount"})
REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _too_many,
    "expired_token": _expired,
    "unavailable": unavailable(error("UpstreamFailure", "Upstream service unreachable", 502)),
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
    name="bluesky",
    platform="bluesky",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
    allowance=ALLOWANCE,
)
