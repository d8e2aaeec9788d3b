"""The face of WordPress.com's statistics, REST v1.1 (the daily visits: v1), with its odd empty shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from pipeline.simulator.distortions import negative_counts, on_success, string_numbers
from pipeline.simulator.face import Args, Distortion, Face
from pipeline.simulator.platforms.wordpress.account import STATISTICS_TOKEN
from pipeline.simulator.platforms.wordpress.statistics_posts import post_stats
from pipeline.simulator.refusals import html_page, retry_after, unavailable
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import StatsDay, World
from pipeline.simulator.world.calendar import days

SITES = frozenset({"journal", "journal.atelier-marin.example", "41040001"})
PATH = re.compile(r"/wpcom/rest/(?P<version>v1(?:\.1)?)/sites/(?P<site>[^/]+)/stats(?P<rest>/.*)?")
# The order in which the platform gives the columns, whatever the order in which they were asked for.
COLUMNS = ("views", "visitors", "likes", "reblogs", "comments", "posts")
NOTHING = StatsDay(0, 0, 0, 0, 0, 0)


def account_of(request: Request) -> str | None:
    found = PATH.fullmatch(request.path)
    return "journal" if found and found["site"] in SITES else None


def error(code: str, message: str, status: int) -> Reply:
    return Reply({"error": code, "message": message}, status=status)


def invalid(message: str) -> Reply:
    return error("invalid_input", message, 400)


def answer(request: Request, world: World, night: date) -> Reply:
    """What the statistics say as of that night."""
    found = PATH.fullmatch(request.path)
    if found is None or request.method != "GET":
        return error("unknown_endpoint", "There is no such endpoint.", 404)
    refused = _refused(request, found["site"])
    if refused:
        return refused
    path = (found["rest"] or "").strip("/")
    if path == "visits" and found["version"] == "v1.1":
        # The token has the scope `stats`, and that suffices under v1 alone.
        return error("unauthorized", "user cannot view stats", 403)
    number = re.fullmatch(r"post/(\d{1,18})", path)
    if number:
        return post_stats(world, night, int(number[1]))
    view = VIEWS.get(path)
    return view(request, world, night) if view else error("unknown_endpoint", "There is no such endpoint.", 404)


def _refused(request: Request, site: str) -> Reply | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return error("authorization_required", "An active access token must be used to view statistics.", 403)
    if token != STATISTICS_TOKEN:
        return error("invalid_token", "The OAuth2 token is invalid.", 400)
    if site not in SITES:
        return error("unknown_blog", "Unknown blog", 404)
    return None


def _date(request: Request, night: date) -> date:
    """``date``, or the site's today. Raises ValueError."""
    text = request.params.get("date")
    return date.fromisoformat(text) if text else night + timedelta(days=1)


def _unknown(request: Request, names: frozenset[str]) -> Reply | None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    strange = sorted(set(request.params) - names - {"http_envelope", "fields"})
    return invalid(f"Unknown parameter: {strange[0]}") if strange else None


def _visits(request: Request, world: World, night: date) -> Reply:
    """The columnar table of days, oldest first; the site's today is counted as far as it has come."""
    unknown = _unknown(request, frozenset({"unit", "quantity", "date", "stat_fields"}))
    wanted = request.params.get("stat_fields", "views,visitors").split(",")
    quantity = request.params.get("quantity", "30")
    if unknown or request.params.get("unit", "day") != "day" or not set(wanted) <= set(COLUMNS):
        return unknown or invalid("Invalid unit or stat_fields.")
    try:
        last = _date(request, night)
    except ValueError:
        return invalid("Invalid date.")
    if not quantity.isdecimal() or not 1 <= int(quantity) <= 365:
        return invalid("Invalid quantity.")
    columns = [column for column in COLUMNS if column in wanted]
    data = []
    for day in days(last - timedelta(days=int(quantity) - 1), last):
        stats = world.wordpress.stats_day(day, night) or NOTHING
        data.append([day.isoformat(), *(getattr(stats, column) for column in columns)])
    return Reply({"date": last.isoformat(), "unit": "day", "fields": ["period", *columns], "data": data})


def _summary(request: Request, world: World, night: date) -> Reply:
    unknown = _unknown(request, frozenset({"period", "num", "date"}))
    if unknown or request.params.get("period", "day") != "day" or request.params.get("num", "1") != "1":
        return unknown or invalid("Invalid period.")
    try:
        day = _date(request, night)
    except ValueError:
        return invalid("Invalid date.")
    stats = world.wordpress.stats_day(day, night) or NOTHING
    counts = {name: getattr(stats, name) for name in COLUMNS[:5]}
    # The followers are those of now, whatever day is asked for.
    followers = world.wordpress.followers(night)
    return Reply({"date": day.isoformat(), "period": "day", **counts, "followers": followers})


def _overview(request: Request, world: World, night: date) -> Reply:
    unknown = _unknown(request, frozenset())
    if unknown:
        return unknown
    today = night + timedelta(days=1)
    table = [(day, world.wordpress.stats_day(day, night) or NOTHING) for day in days(today - timedelta(days=29), today)]
    stats = {
        "visitors_today": table[-1][1].visitors,
        "visitors_yesterday": table[-2][1].visitors,
        "views_today": table[-1][1].views,
        "views_yesterday": table[-2][1].views,
        "followers_blog": world.wordpress.followers(night),
        "comments_most_active_recent_day": "",
        "comments_most_active_time": "N/A",
    }
    rows = [[day.isoformat(), row.views, row.visitors] for day, row in table]
    visits = {
        "date": today.isoformat(),
        "unit": "day",
        "fields": ["period", "views", "visitors"],
        "data": rows,
    }
    return Reply({"date": today.isoformat(), "stats": stats, "visits": visits})


def _insights(request: Request, world: World, night: date) -> Reply:
    """Too little has happened for insights, which the platform says with ``false`` and ``[]``."""
    del world, night
    highest = dict.fromkeys(("highest_hour", "highest_hour_percent", "highest_day_of_week"), 0)
    empty: dict[str, object] = {**highest, "days": False, "hours": False, "hourly_views": False, "years": []}
    return _unknown(request, frozenset()) or Reply(empty)


VIEWS: Mapping[str, Callable[[Request, World, date], Reply]] = {
    "": _overview,
    "summary": _summary,
    "visits": _visits,
    "insights": _insights,
}


def _rate_limit(request: Request, args: Args) -> Reply | None:
    del request
    body = {"error": "too_many_requests", "message": "You are being rate limited."}
    return Reply(body, status=429, headers=retry_after({"retry_after": 30, **args}))


def _expired_token(request: Request, args: Args) -> Reply | None:
    del request, args
    return error("invalid_token", "The OAuth2 token is invalid.", 400)


def _rows(keep: Callable[[list[Any], Args], list[Any]]) -> Distortion:
    """A table of days with fewer rows."""

    def bend(document: Any, args: Args) -> Any:
        if not isinstance(document.get("data"), list) or "unit" not in document:
            return document
        return {**document, "data": keep(document["data"], args)}

    return on_success(bend)


def _empty(document: Any, args: Args) -> Any:
    """``args``: ``as`` – the platform writes nothing as ``null`` (default) or as ``[]``."""
    return {**document, "data": [] if args.get("as") == "[]" else None} if "data" in document else document


def _restated(document: Any, args: Args) -> Any:
    if not isinstance(document.get("data"), list) or "unit" not in document:
        return document
    factor = float(args.get("factor", 1.1))
    rows = [[row[0], *(int(n * factor) for n in row[1:])] for row in document["data"]]
    return {**document, "data": rows}


FACE = Face(
    name="wpcom",
    platform="wordpress",
    prefix="/wpcom",
    account=account_of,
    answer=answer,
    refusals={
        "rate_limit": _rate_limit,
        "expired_token": _expired_token,
        "unavailable": unavailable(error("unavailable", "Service unavailable.", 503)),
        "html_page": html_page,
    },
    distortions={
        "string_numbers": string_numbers(),
        "negative_counts": negative_counts(frozenset({*COLUMNS, "data", "followers", "like_count"})),
        "missing_day": _rows(lambda rows, args: [row for row in rows if row[0] != args.get("day", rows[0][0])]),
        "late_data": _rows(lambda rows, args: rows[: -int(args.get("days", 2))]),
        "restated": on_success(_restated),
        "empty_page": on_success(_empty),
    },
)
