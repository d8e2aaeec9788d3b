"""The face of Facebook Pages: the Graph API v26.0 for two pages, each with its own page token."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date, timedelta

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.facebook import comments, faults, posts
from pipeline.simulator.platforms.facebook.account import APP_SECRET, TOKENS
from pipeline.simulator.platforms.facebook.allowance import allowance
from pipeline.simulator.platforms.facebook.errors import (
    GraphError,
    bad_metric,
    bad_token,
    error,
    invalid,
    missing,
    usage,
)
from pipeline.simulator.platforms.facebook.paging import graph_time
from pipeline.simulator.platforms.facebook.posts import fields_of, insight_rows, listed, moment, shape
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import PACIFIC, days, midnight
from pipeline.simulator.world.insights import WINDOWS

VERSIONS = frozenset(f"v{n}.0" for n in range(22, 27))
LONGEST_WINDOW = 90
EVERYWHERE = frozenset({"access_token", "appsecret_proof", "fields", "pretty"})
PARAMETERS = {
    "node": EVERYWHERE,
    "insights": EVERYWHERE | {"metric", "period", "since", "until", "__previous", "__next"},
    "comments": EVERYWHERE | comments.PARAMETERS,
    "posts": EVERYWHERE | {"limit", "since", "until", "after", "before", "__paging_token", "__previous"},
}
PATH = re.compile(r"/facebook(?:/(?P<version>v\d+\.\d+))?/(?P<node>[^/]+)(?:/(?P<edge>[a-z_]+))?/?")


def account_of(request: Request) -> str | None:
    """The page whose data is asked for; ``me`` is the page of the token."""
    found = PATH.fullmatch(request.path)
    if found is None:
        return None
    if found["node"] == "me":
        return TOKENS.get(_token(request))
    return found["node"].partition("_")[0]


def answer(request: Request, world: World, night: date) -> Reply:
    """What the Graph API answers as of that night."""
    try:
        return _answer(request, world, night)
    except GraphError as refused:
        return refused.reply


def _answer(request: Request, world: World, night: date) -> Reply:
    if request.method != "GET":
        return error(100, "Unsupported post request.", kind="GraphMethodException", subcode=33)
    found = PATH.fullmatch(request.path)
    if found is None or (found["version"] and found["version"] not in VERSIONS):
        path = request.path.removeprefix("/facebook")
        return error(2500, f"Unknown path components: {path}")
    page = _authorised(request)
    node = page if found["node"] == "me" else found["node"]
    if node.partition("_")[0] not in world.facebook.pages:
        return missing(node)
    if node.partition("_")[0] != page:
        return error(
            10,
            "(#10) This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content"
            " Access' feature.",
            status=403,
        )
    reply = _of_post(request, world, night, node, found["edge"])
    reply = reply or _of_page(request, world, night, node, found["edge"])
    return Reply(reply.document, reply.status, (*usage(page, 3), *reply.headers)) if reply.status == 200 else reply


def _of_page(request: Request, world: World, night: date, page: str, edge: str | None) -> Reply:
    if edge is None:
        _known(request, "node")
        return Reply(_page(request, world, night, page))
    if edge == "insights":
        _known(request, "insights")
        return _insights(request, world, night, page)
    if edge in posts.EDGES:
        _known(request, "posts")
        return listed(request, world, night, page)
    return error(2500, f"Unknown path components: /{edge}")


def _of_post(request: Request, world: World, night: date, node: str, edge: str | None) -> Reply | None:
    """The answer about one post; None where the node is no post."""
    if "_" not in node:
        return None
    post = world.facebook.post(node, night)
    if post is None:
        return missing(node)
    if edge is None:
        _known(request, "node")
        return Reply(shape(post, fields_of(request, posts.DEFAULT_FIELDS), request))
    if edge == "insights":
        _known(request, "insights")
        return Reply({"data": insight_rows(post, request.params.get("metric", "").split(","))})
    if edge == "comments":
        _known(request, "comments")
        return Reply(comments.edge(post, request.params, fields_of(request, "created_time,from,message,id"), request))
    return error(2500, f"Unknown path components: /{edge}")


def _token(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token if kind.lower() in {"bearer", "oauth"} else request.params.get("access_token", "")


def _authorised(request: Request) -> str:
    """The page that the token belongs to. Raises GraphError as the platform would."""
    token = _token(request)
    if not token:
        raise GraphError(error(104, "An access token is required to request this resource."))
    if token not in TOKENS:
        raise GraphError(bad_token("Invalid OAuth access token - Cannot parse access token"))
    proof = request.params.get("appsecret_proof")
    right = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
    if proof is not None and not hmac.compare_digest(proof, right):
        raise GraphError(
            error(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
        )
    return TOKENS[token]


def _known(request: Request, kind: str) -> None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    for name in request.params:
        if name not in PARAMETERS[kind]:
            raise GraphError(invalid(f"Unknown parameter: {name}"))


def _page(request: Request, world: World, night: date, page: str) -> dict[str, object]:
    now = world.facebook.page(page, night)
    values: dict[str, object] = {**now.__dict__, "category": "Shop", "verification_status": "not_verified"}
    shown: dict[str, object] = {}
    for field in fields_of(request, "name,id"):
        if field.name not in values:
            raise GraphError(invalid(f"Tried accessing nonexisting field ({field.name}) on node type (Page)"))
        shown[field.name] = values[field.name]
    return {**shown, "id": page}


def _insights(request: Request, world: World, night: date, page: str) -> Reply:
    metrics = [name for name in request.params.get("metric", "").split(",") if name]
    if not metrics:
        return invalid("The parameter metric is required")
    if not set(metrics) <= world.facebook.metrics(page, night):
        return bad_metric()
    period = request.params.get("period")
    if period is not None and period not in {*WINDOWS, "month", "lifetime", "total_over_range"}:
        return invalid("period must be one of the following values: day, week, days_28, month, lifetime")
    first, last = _window(request, night)
    if (last - first).days >= LONGEST_WINDOW:
        return invalid(f"There cannot be more than {LONGEST_WINDOW} days (7776000 s) between since and until")
    data = [
        _series(world, night, page, metric, each, first, last)
        for metric in metrics
        for each in ([period] if period else WINDOWS)
    ]
    return Reply({"data": [series for series in data if series], "paging": _neighbours(request, first, last)})


def _window(request: Request, night: date) -> tuple[date, date]:
    """First and last measured Pacific day: ``since`` is inclusive, ``until`` exclusive."""
    since, until = moment(request, "since"), moment(request, "until")
    end = until.astimezone(PACIFIC).date() if until else night
    start = since.astimezone(PACIFIC).date() if since else end - timedelta(days=2)
    if start > end:
        raise GraphError(invalid("since param is larger than until param"))
    return start, end - timedelta(days=1)


def _series(
    world: World, night: date, page: str, metric: str, period: str, first: date, last: date
) -> dict[str, object] | None:
    values = [
        {"value": value, "end_time": graph_time(midnight(day + timedelta(days=1), PACIFIC))}
        for day in days(first, last)
        if (value := world.facebook.page_insight(page, metric, period, day, night)) is not None
    ]
    if not values:
        return None
    title = metric.replace("_", " ").capitalize()
    return {
        "name": metric,
        "period": period,
        "values": values,
        "title": title,
        "description": f"{title} of the page",
        "id": f"{page}/insights/{metric}/{period}",
    }


def _neighbours(request: Request, first: date, last: date) -> dict[str, str]:
    """The links of insights lead to the windows before and after, for ever."""
    token, length = _token(request), (last - first).days + 1
    begin, end = midnight(first, PACIFIC), midnight(last + timedelta(days=1), PACIFIC)
    step = timedelta(days=length)
    before = {"since": int((begin - step).timestamp()), "until": int(begin.timestamp())}
    after = {"since": int(end.timestamp()), "until": int((end + step).timestamp())}
    return {
        "previous": request.url(access_token=token, **before),
        "next": request.url(access_token=token, **after),
    }


FACE = Face(
    name="facebook",
    platform="facebook",
    prefix="/facebook",
    account=account_of,
    answer=answer,
    refusals=faults.REFUSALS,
    distortions=faults.DISTORTIONS,
    allowance=allowance(account_of),
)
