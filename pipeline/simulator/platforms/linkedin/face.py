"""The face of LinkedIn: the page's numbers, its posts, what is written under them, and the token endpoint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from urllib.parse import unquote

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.linkedin import restli, rows, tokens
from pipeline.simulator.platforms.linkedin.account import ACCOUNTS, NAMES
from pipeline.simulator.platforms.linkedin.allowance import ALLOWANCE
from pipeline.simulator.platforms.linkedin.faults import DISTORTIONS, REFUSALS
from pipeline.simulator.platforms.linkedin.restli import Row
from pipeline.simulator.rest import answering
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import days, observed_at
from pipeline.simulator.world.community import Story
from pipeline.simulator.world.networks.linkedin import AN_ACCOUNT, FIRST_POST, Linkedin

PREFIX = "/linkedin"
PAGE = re.compile(r"urn:li:organization:(\d{1,18})")
Query = Mapping[str, str]


def account_of(request: Request) -> str | None:
    """Whose page the request is about: it names the page, or a post of it."""
    text = unquote(f"{request.target} {request.body.decode('utf-8', 'replace')}")
    named = PAGE.search(text) or re.search(r"/organizations/(\d{1,18})", text)
    if named:
        return named[1]
    post = re.search(r"urn:li:(?:share|ugcPost|activity):(\d{19})", text)
    where = (int(post[1]) - FIRST_POST) // AN_ACCOUNT if post else -1
    return ACCOUNTS[where].id if where in range(len(ACCOUNTS)) else None


@answering
def answer(request: Request, world: World, night: date) -> Reply:
    """What the platform answers as of that night."""
    today = observed_at(night).date()
    if request.path == f"{PREFIX}/oauth/v2/accessToken":
        return tokens.grant(request, today)
    tokens.check(request, today)
    restli.check_version(request.headers.get("linkedin-version"), today)
    if request.headers.get("x-restli-protocol-version") != "2.0.0":
        raise restli.refused(400, "PROTOCOL_VERSION", "This syntax needs X-Restli-Protocol-Version 2.0.0")
    route = request.path.removeprefix(f"{PREFIX}/rest/")
    query = restli.query_of(request)
    network = world.network("linkedin", Linkedin)
    name, _, key = route.partition("/")
    if not key and name in FINDERS:
        return FINDERS[name](request, query, network, night)
    if key and name in ENTITIES and ("/" in key) == (name == "socialActions"):
        return ENTITIES[name](request, query, network, night)
    return restli.error(404, "RESOURCE_NOT_FOUND", "No virtual resource found")


def _page(urn: str) -> str:
    """The number of a page that the token's member administers."""
    named = PAGE.fullmatch(urn)
    if named is None:
        raise restli.illegal(f"Invalid urn {urn[:60]}")
    if named[1] not in NAMES:
        raise restli.refused(403, "ACCESS_DENIED", "Not enough permissions to access: organization administration")
    return named[1]


def _organization(request: Request, query: Query, network: Linkedin, night: date) -> Reply:
    del network, night
    restli.known(query, ())
    number = request.path.rpartition("/")[2]
    _page(rows.organization(number))
    return Reply({"id": int(number), "localizedName": NAMES[number], "vanityName": f"atelier-marin-{number[:2]}"})


def _network_size(request: Request, query: Query, network: Linkedin, night: date) -> Reply:
    restli.known(query, ("edgeType",))
    if query["edgeType"] != "COMPANY_FOLLOWED_BY_MEMBER":
        raise restli.illegal(f"No enum constant {query['edgeType'][:40]}")
    return Reply({"firstDegreeSize": network.level(_page(request.path.rpartition("/")[2]), night)})


def _gains(request: Request, query: Query, network: Linkedin, night: date) -> Reply:
    del request
    restli.known(query, ("q", "organizationalEntity"), ("timeIntervals",))
    restli.finder(query, "organizationalEntity")
    page = _page(unquote(query["organizationalEntity"]))
    asked = restli.interval(query)
    if asked is None:
        return restli.elements([rows.traits_row(page, network.traits(page, night))])
    gains = ((day, network.gains(page, day, night)) for day in _reach(asked, night))
    return restli.elements([rows.gains_day(page, day, gained) for day, gained in gains if gained is not None])


def _views(request: Request, query: Query, network: Linkedin, night: date) -> Reply:
    del request
    restli.known(query, ("q", "organization", "timeIntervals"))
    restli.finder(query, "organization")
    page = _page(unquote(query["organization"]))
    views = ((day, network.page_views(page, day, night)) for day in _reach(restli.interval(query), night))
    return restli.elements([rows.views_day(page, day, seen) for day, seen in views if seen is not None])


def _shares(request: Request, query: Query, network: Linkedin, night: date) -> Reply:
    """Statistics by day, or of posts: never both."""
    del request
    restli.known(query, ("q", "organizationalEntity"), ("timeIntervals", "shares", "ugcPosts"))
    restli.finder(query, "organizationalEntity")
    page = _page(unquote(query["organizationalEntity"]))
    urns = restli.listed(query, "shares") + restli.listed(query, "ugcPosts")
    asked = restli.interval(query)
    if (asked is None) == (not urns):
        raise restli.illegal("Either timeIntervals or posts are supported")
    if asked is not None:
        counted = ((day, network.share_day(page, day, night)) for day in _reach(asked, night))
        return restli.elements([rows.share_day(page, day, counts) for day, counts in counted if counts is not None])
    stories = (network.post_of(urn, night) for urn in urns)
    lifetime = ((story, network.post_stats(story, night)) for story in stories if story and story.account == page)
    return restli.elements([rows.post_statistics(network, story, counts) for story, counts in lifetime if counts])


def _reach(asked: tuple[date, date] | None, night: date) -> Iterable[date]:
    """The days asked for that lie within the last twelve months."""
    if asked is None:
        raise restli.illegal("Invalid timeIntervals parameter")
    today = observed_at(night).date()
    return days(max(asked[0], today - timedelta(days=365)), min(asked[1], today))


def _posts(request: Request, query: Query, network: Linkedin, night: date) -> Reply:
    """The posts of a page, the one that was changed last in front. A deleted one keeps its place for a while."""
    restli.known(query, ("q", "author"), ("count", "start", "sortBy"))
    restli.finder(query, "author")
    page, order = _page(unquote(query["author"])), query.get("sortBy", "LAST_MODIFIED")
    if order not in {"LAST_MODIFIED", "CREATED"}:
        raise restli.illegal(f"No enum constant {order[:40]}")
    at = observed_at(night)
    stories = [
        story
        for day in days(network.calendar.opened, at.date())
        for story in network.of_day(page, day)
        if story.created <= at
    ]

    def moved(story: Story) -> int:
        edited = story.edited if story.edited and story.edited <= at and order == "LAST_MODIFIED" else story.created
        return restli.milliseconds(edited)

    stories.sort(key=lambda story: (moved(story), story.serial), reverse=True)
    shown = [rows.post_row(network, s, moved(s)) if network.visible(s, night) else None for s in stories]
    return restli.page(request, query, shown)


def _comments(request: Request, query: Query, network: Linkedin, night: date) -> Reply:
    """What stands directly under a post or under a comment, oldest first."""
    restli.known(query, (), ("count", "start"))
    above, last = request.path.removeprefix(f"{PREFIX}/rest/socialActions/").rsplit("/", 1)
    post = re.search(r"urn:li:(?:share|ugcPost|activity):\d+", above)
    story = network.post_of(post[0], night) if post and last == "comments" else None
    if story is None and post and ":activity:" in post[0]:
        kinds = (post[0].replace("activity", kind) for kind in ("share", "ugcPost"))
        story = next((found for found in (network.post_of(urn, night) for urn in kinds) if found), None)
    if story is None:
        raise restli.refused(404, "RESOURCE_NOT_FOUND", "Could not find entity")
    written = network.live_responses(story, night)
    roots = {response.serial: network.root(response) for response in written}
    if above.startswith("urn:li:comment:"):
        shown = [r for r in written if roots[r.serial] is not r and network.comment_urn(roots[r.serial]) == above]
    else:
        shown = [response for response in written if roots[response.serial] is response]
    below = [
        sum(root is response for root in roots.values()) - (roots[response.serial] is response) for response in shown
    ]
    listed = [rows.comment_row(network, response, n) for response, n in zip(shown, below, strict=True)]
    return restli.page(request, query, listed, told=False)


def _metadata(request: Request, query: Query, network: Linkedin, night: date) -> Reply:
    """How much was written and how many reacted, for many posts at once."""
    del request
    restli.known(query, ("ids",))
    results: dict[str, Row] = {}
    errors: dict[str, Row] = {}
    for urn in restli.listed(query, "ids"):
        story = network.post_of(urn, night)
        if story is None:
            errors[urn] = {"status": 404, "message": "Could not find entity"}
            continue
        written = network.live_responses(story, night)
        first = sum(network.root(response) is response for response in written)
        liked = network.counters(story, night)["reactions"]
        results[urn] = {
            "entity": urn,
            "commentsState": "OPEN",
            "commentSummary": {"count": len(written), "topLevelCount": first},
            "reactionSummaries": {"LIKE": {"reactionType": "LIKE", "count": liked}} if liked else {},
        }
    return Reply({"results": results, "statuses": {}, "errors": errors})


Answer = Callable[[Request, Query, Linkedin, date], Reply]
FINDERS: Mapping[str, Answer] = {
    "organizationalEntityFollowerStatistics": _gains,
    "organizationPageStatistics": _views,
    "organizationalEntityShareStatistics": _shares,
    "posts": _posts,
    "socialMetadata": _metadata,
}
ENTITIES: Mapping[str, Answer] = {
    "organizations": _organization,
    "networkSizes": _network_size,
    "socialActions": _comments,
}
FACE = Face(
    name="linkedin",
    platform="linkedin",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
    allowance=ALLOWANCE,
)
