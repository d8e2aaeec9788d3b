"""What the account's insights say of its days: series of up to thirty days, and totals of one day each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial

import msgspec

from pipeline.errors import SourceChanged
from pipeline.paging import by_window
from pipeline.sources._answers import decode, in_front, is_object, whole
from pipeline.sources._graph_calls import Metrics, Params
from pipeline.sources._pacific import seconds
from pipeline.sources.instagram.graph import Graph, ProfileNow
from pipeline.streams import Absent, Note, Page, Window, Yield

# Fewer followers than this, and some insights are kept back.
FOLLOWERS_NEEDED = 100
# The longest window of one call for a series.
_DAYS_A_CALL = 30
_DAYS_A_PAGE = 30

_SERIES = ("reach", "follower_count")
_TOTALS = (
    "views",
    "reach",
    "accounts_engaged",
    "total_interactions",
    "likes",
    "comments",
    "saves",
    "shares",
    "replies",
    "reposts",
    "follows_and_unfollows",
    "profile_links_taps",
)


class _Metric(msgspec.Struct):
    name: str
    values: list[msgspec.Raw] = []
    total_value: msgspec.Raw = msgspec.Raw(b"null")


class _Insights(msgspec.Struct):
    data: list[_Metric]


def days(graph: Graph, window: Window, skipped: Sequence[str], now: ProfileNow) -> Iterator[Yield]:
    """Series and totals of the window's days that are over. Absent where a small account has none."""
    until = window.until
    while not graph.over(until) and until >= window.since:
        until -= timedelta(days=1)
    asked = Window(window.since, until)
    for stream, read in (("series", _series), ("totals", _totals)):
        metrics, found = Metrics(skipped), 0
        for records in read(graph, asked, metrics):
            found += len(records)
            if records:
                yield Page(stream, records)
        if not found:
            yield Absent(stream, _why_nothing(asked, metrics, stream, now))
        for name in metrics.refused:
            yield Note("metric_retired", f"the platform refuses the metric {name} of the account's {stream}")


def _why_nothing(asked: Window, metrics: Metrics, stream: str, now: ProfileNow) -> str:
    if asked.until < asked.since:
        return "no day of the window is over on the Pacific coast"
    if not metrics.alive(_SERIES if stream == "series" else _TOTALS):
        return "the platform refuses every metric"
    followers = whole(now.followers_count)
    if followers is None or followers < FOLLOWERS_NEEDED:
        return f"fewer than {FOLLOWERS_NEEDED} followers: the platform gives no insights"
    raise SourceChanged(f"the {stream} are empty although the account has {followers} followers")


def _series(graph: Graph, window: Window, metrics: Metrics) -> Iterator[list[bytes]]:
    """The newest days first: a metric that is only kept for the last days must not be lost for all of them."""
    for part in reversed(list(by_window(window.since, window.until, _DAYS_A_CALL))):
        yield from metrics.ask(_SERIES, partial(_points, graph, part))


def _points(graph: Graph, window: Window, names: tuple[str, ...]) -> list[bytes]:
    """One call. The platform's ``until`` is exclusive; its ``next`` leads to other windows for ever."""
    found = _ask(graph, window.since, window.until, names)
    return [in_front(value, name=metric.name) for metric in found.data for value in metric.values]


def _totals(graph: Graph, window: Window, metrics: Metrics) -> Iterator[list[bytes]]:
    """One call a day, because a total is one number for its whole window."""
    for part in by_window(window.since, window.until, _DAYS_A_PAGE):
        records: list[bytes] = []
        for day in (part.since + timedelta(days=n) for n in range((part.until - part.since).days + 1)):
            for found in metrics.ask(_TOTALS, partial(_day, graph, day)):
                records += found
        yield records


def _day(graph: Graph, day: date, names: tuple[str, ...]) -> list[bytes]:
    found = _ask(graph, day, day, names, ("metric_type", "total_value"))
    return [
        in_front(metric.total_value, day=day.isoformat(), name=metric.name)
        for metric in found.data
        # Nothing is told of the metric that day: that is no zero.
        if is_object(metric.total_value)
    ]


def _ask(graph: Graph, since: date, until: date, names: tuple[str, ...], *more: tuple[str, str]) -> _Insights:
    params: Params = (
        ("metric", ",".join(names)),
        ("period", "day"),
        *more,
        ("since", seconds(since)),
        ("until", seconds(until + timedelta(days=1))),
    )
    return decode(graph.of_account("/insights", params), _Insights, "the insights of the account")
