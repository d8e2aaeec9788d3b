"""Daily, weekly and 28-day insights of a page, as one record per metric and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

import msgspec

from pipeline.errors import SourceChanged
from pipeline.paging import by_window
from pipeline.sources._answers import decode, in_front, is_object, one_line, whole
from pipeline.sources._graph_calls import Metrics, Params
from pipeline.sources.facebook.graph import Graph, PageNow
from pipeline.streams import Absent, Page, Window, Yield

# Fewer likes than this, and the platform gives no insights.
_LIKES_NEEDED = 100
# The longest window of one call.
_DAYS_A_CALL = 90

_REACH = "page_total_media_view_unique"
# Period → metrics. Reach does not add up over days: 7 and 28 days come from the platform.
_METRICS: Mapping[str, tuple[str, ...]] = {
    "day": (
        "page_follows",
        "page_daily_follows_unique",
        "page_daily_unfollows_unique",
        "page_media_view",
        _REACH,
        "page_post_engagements",
        "page_views_total",
        "page_video_views",
    ),
    "week": (_REACH,),
    "days_28": (_REACH,),
}


class _Series(msgspec.Struct):
    name: str
    period: str
    values: list[msgspec.Raw] = []


class _Insights(msgspec.Struct):
    data: list[_Series]


class _Value(msgspec.Struct):
    end_time: str
    value: msgspec.Raw = msgspec.Raw(b"null")


def insights(graph: Graph, window: Window, metrics: Metrics, now: PageNow) -> Iterator[Yield]:
    """All metrics of all periods. Absent where the page is too small; SourceChanged where it is not."""
    for period, names in _METRICS.items():
        found = 0
        for part in by_window(window.since, window.until, _DAYS_A_CALL):
            for records in metrics.ask(names, partial(_records, graph, part, period)):
                found += len(records)
                if records:
                    yield Page("page_insights", records)
        if period == "day" and not found:
            yield Absent("page_insights", _why_nothing(metrics, now))
            return


def _why_nothing(metrics: Metrics, now: PageNow) -> str:
    if not metrics.alive(_METRICS["day"]):
        return "the platform refuses every metric"
    likes = whole(now.fan_count)
    likes = whole(now.followers_count) if likes is None else likes
    if likes is None or likes < _LIKES_NEEDED:
        return f"fewer than {_LIKES_NEEDED} likes: the platform gives no insights"
    raise SourceChanged(f"the insights are empty although the page has {likes} likes")


def _records(graph: Graph, window: Window, period: str, names: tuple[str, ...]) -> list[bytes]:
    """One call. The platform's ``until`` is exclusive; its ``next`` leads to other windows for ever."""
    params: Params = (
        ("metric", ",".join(names)),
        ("period", period),
        ("since", window.since.isoformat()),
        ("until", (window.until + timedelta(days=1)).isoformat()),
    )
    answer = decode(graph.get("/insights", params), _Insights, "the insights")
    return [_record(series, raw) for series in answer.data for raw in series.values]


def _record(series: _Series, raw: msgspec.Raw) -> bytes:
    told = decode(raw, _Value, f"a value of {series.name}")
    if not is_object(told.value):
        return in_front(raw, name=series.name, period=series.period)
    ours = {"name": series.name, "period": series.period, "end_time": told.end_time}
    return one_line(msgspec.json.encode({**ours, "parts": told.value}))
