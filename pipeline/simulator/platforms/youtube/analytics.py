"""The Analytics API v2: the reports of the channel whose owner asks, and of nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from pipeline.simulator.platforms.youtube.data import network_of
from pipeline.simulator.platforms.youtube.errors import GoogleError, authorised, error, known, refuse
from pipeline.simulator.platforms.youtube.fields import picked
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import days
from pipeline.simulator.world.networks.youtube import Totals, Youtube, video_id

PREFIX: Final = "/youtube-analytics"
METRICS: Final[Mapping[str, Callable[[Totals], float]]] = {
    "views": lambda totals: totals.views,
    "engagedViews": lambda totals: totals.engaged,
    "estimatedMinutesWatched": lambda totals: totals.minutes,
    "averageViewDuration": lambda totals: totals.minutes * 60 // totals.views,
    "averageViewPercentage": lambda totals: round(41 + totals.views % 17 + 0.25, 2),
    "likes": lambda totals: totals.likes,
    "comments": lambda totals: totals.comments,
    "shares": lambda totals: totals.shares,
    "subscribersGained": lambda totals: totals.gained,
    "subscribersLost": lambda totals: totals.lost,
}
MOST_VIDEOS: Final = 200
NOT_SUPPORTED: Final = (
    "The query is not supported. Check the documentation at"
    " https://developers.google.com/youtube/analytics/v2/available_reports for supported queries."
)
Rows = list[list[object]]


def answer(request: Request, world: World, night: date) -> Reply:
    """What the Analytics API answers as of that night."""
    if request.method != "GET" or request.path.rstrip("/") != f"{PREFIX}/v2/reports":
        return error("notFound", "Method not found.", 404)
    try:
        channel = authorised(request, night, keys=False)
        return Reply(picked(_report(request, network_of(world), night, channel), request.params.get("fields")))
    except GoogleError as refused:
        return refused.reply


def _report(request: Request, network: Youtube, night: date, channel: str) -> dict[str, object]:
    names = {"ids", "startDate", "endDate", "metrics", "dimensions", "filters", "sort", "maxResults", "startIndex"}
    known(request, frozenset(names))
    if request.params.get("ids") not in {"channel==MINE", f"channel=={channel}"}:
        raise GoogleError(error("forbidden", "Forbidden", 403))
    metrics = _metrics(request)
    dimension = request.params.get("dimensions", "")
    if dimension == "day":
        rows = _days(request, network, night, channel, metrics)
    elif dimension == "video":
        rows = _videos(request, network, night, channel, metrics)
    else:
        raise refuse("badRequest", NOT_SUPPORTED, domain="global")
    headers = [{"name": dimension, "columnType": "DIMENSION", "dataType": "STRING"}]
    headers += [
        {"name": name, "columnType": "METRIC", "dataType": "FLOAT" if name.endswith("Percentage") else "INTEGER"}
        for name in metrics
    ]
    table: dict[str, object] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers}
    # Nothing to say is said by leaving the rows out.
    return {**table, "rows": rows} if rows else table


def _metrics(request: Request) -> list[str]:
    metrics = [name for name in request.params.get("metrics", "").split(",") if name]
    if not metrics:
        raise refuse("required", "Required", domain="global")
    for name in metrics:
        if name not in METRICS:
            raise GoogleError(unknown_metric(name))
    return metrics


def unknown_metric(name: str) -> Reply:
    return error("badRequest", f"Unknown identifier ({name}) given in field parameters.metrics.")


def _window(request: Request) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(request.params[name]) for name in ("startDate", "endDate"))
    except (KeyError, ValueError):
        raise refuse("required", "Required: startDate and endDate as YYYY-MM-DD", domain="global") from None
    if first > last:
        raise refuse("badRequest", "The endDate must not be before the startDate.", domain="global")
    return first, last


def _days(request: Request, network: Youtube, night: date, channel: str, metrics: list[str]) -> Rows:
    first, last = _window(request)
    if request.params.get("sort", "day") != "day" or "filters" in request.params:
        raise refuse("badRequest", NOT_SUPPORTED, domain="global")
    told = {day: network.reported(channel, day, night) for day in days(first, last)}
    return [[day.isoformat(), *_values(totals, metrics)] for day, totals in told.items() if totals]


def _videos(request: Request, network: Youtube, night: date, channel: str, metrics: list[str]) -> Rows:
    """The most seen of the videos that the filter names: it wants an order and a limit."""
    first, _ = _window(request)
    sort, most = request.params.get("sort", ""), request.params.get("maxResults", "")
    if sort.lstrip("-") not in metrics or not most.isdecimal() or not 1 <= int(most) <= MOST_VIDEOS:
        raise refuse("badRequest", NOT_SUPPORTED, domain="global")
    kind, _, ids = request.params.get("filters", "").partition("==")
    if kind != "video" or not ids:
        raise refuse("badRequest", NOT_SUPPORTED, domain="global")
    wanted = set(ids.split(","))
    found = []
    for story in network.stories(channel, night):
        # Only what was published within the dates is asked for, so its whole life is what was asked.
        totals = network.totals(story, night) if video_id(story) in wanted and story.created.date() >= first else None
        if totals:
            found.append((METRICS[sort.lstrip("-")](totals), [video_id(story), *_values(totals, metrics)]))
    ordered = sorted(found, key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [row for _, row in ordered][: int(most)]


def _values(totals: Totals, metrics: list[str]) -> list[float]:
    return [METRICS[name](totals) for name in metrics]
