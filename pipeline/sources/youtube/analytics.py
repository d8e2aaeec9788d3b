"""The YouTube Analytics API v2: the days of a channel, and what its videos gathered.

Days come two or three days late; a day without figures is not in the answer, and an answer without any has
no ``rows``: neither is a zero. The owner of the channel alone may ask.
Documentation: https://developers.google.com/youtube/analytics/reference/reports/query
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources.youtube.data import Params
from pipeline.sources.youtube.errors import MetricRefused, judge
from pipeline.streams import Absent, Note, Page, Window, Yield

DAYS, VIDEOS = "channel_days", "video_totals"

# The most rows that a report of videos gives.
_A_REPORT = 200
_OF_DAYS = (
    "views",
    "engagedViews",
    "estimatedMinutesWatched",
    "likes",
    "comments",
    "shares",
    "subscribersGained",
    "subscribersLost",
)
_OF_VIDEOS = (
    "views",
    "engagedViews",
    "estimatedMinutesWatched",
    "averageViewDuration",
    "averageViewPercentage",
    "shares",
    "subscribersGained",
)
Row = Mapping[str, msgspec.Raw]


class _Column(msgspec.Struct):
    name: str


class _Table(msgspec.Struct, rename="camel"):
    column_headers: list[_Column] = []
    rows: list[list[msgspec.Raw]] = []


class Reports:
    """The reports of one channel. A metric that the platform refuses is not asked for again, and told."""

    def __init__(self, account: Account, http: Session, window: Window) -> None:
        self._account, self._http, self._window = account, http, window
        self._refused: dict[str, str] = {}

    def days(self) -> Iterator[Yield]:
        """The days of the window, as far as the platform has come."""
        rows = self._ask(_OF_DAYS, (("dimensions", "day"), ("sort", "day")))
        if rows:
            yield Page(DAYS, [msgspec.json.encode(row) for row in rows])
        else:
            yield Absent(DAYS, "the platform has no figures of these days yet")

    def videos(self, published: Mapping[str, str]) -> Iterator[Yield]:
        """What the videos gathered since they were published, which was within the window."""
        ids = list(published)
        if not ids:
            yield Page(VIDEOS, [])
        for start in range(0, len(ids), _A_REPORT):
            yield Page(VIDEOS, self._totals(ids[start : start + _A_REPORT], published))

    def notes(self) -> Iterator[Note]:
        for message in self._refused.values():
            yield Note("metric_retired", message)

    def _totals(self, ids: list[str], published: Mapping[str, str]) -> list[bytes]:
        more: Params = (
            ("dimensions", "video"),
            ("filters", f"video=={','.join(ids)}"),
            ("maxResults", _A_REPORT),
            ("sort", "-views"),
        )
        found = []
        for row in self._ask(_OF_VIDEOS, more):
            video = decode(row["video"], str, "the id of a video")
            if video in published:
                ours = {"id": video, "published_at": published[video]}
                found.append(msgspec.json.encode({**ours, **{n: v for n, v in row.items() if n != "video"}}))
        return found

    def _ask(self, metrics: tuple[str, ...], more: Params) -> list[Row]:
        """One report. Google names the metric that it refuses, so each one costs one call more."""
        while True:
            asked = [metric for metric in metrics if metric not in self._refused]
            try:
                return self._report(asked, more)
            except MetricRefused as refusal:
                if refusal.metric not in asked or len(asked) == 1:
                    raise
                self._refused[refusal.metric] = (
                    f"the platform refuses the metric {refusal.metric}; the others are read: {refusal}"
                )

    def _report(self, metrics: list[str], more: Params) -> list[Row]:
        params: Params = (
            ("ids", f"channel=={self._account.id}"),
            ("startDate", self._window.since.isoformat()),
            ("endDate", self._window.until.isoformat()),
            ("metrics", ",".join(metrics)),
            *more,
        )
        table = decode(self._http.get("/reports", params, judge=judge), _Table, "the report")
        names = [column.name for column in table.column_headers]
        dimension = dict(more)["dimensions"]
        if table.rows and set(names) != {dimension, *metrics}:
            raise SourceChanged(f"the report has the columns {', '.join(names)}, not those that were asked for")
        return [_row(names, values) for values in table.rows]


def _row(names: list[str], values: list[msgspec.Raw]) -> Row:
    if len(values) != len(names):
        raise SourceChanged(f"the report has rows of {len(values)} values under {len(names)} columns")
    return dict(zip(names, values, strict=True))
