"""Insights of posts, many posts a call: what may be asked depends on what the post is.

One post of a call can refuse it for all, and so can one metric: a refused group is halved until the culprit stands
alone, and a post that stands alone is asked metric by metric in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from pipeline.errors import SourceChanged
from pipeline.sources._answers import decode
from pipeline.sources._graph_calls import Metrics
from pipeline.sources._graph_errors import KeptBack, MetricOfOthers, MetricRefused, ObjectMissing, TooMuchData
from pipeline.sources._instagram_graph import TOGETHER, Graph
from pipeline.streams import Note

Told = dict[str, msgspec.Raw]

_POSTS = ("views", "reach", "likes", "comments", "saved", "shares", "total_interactions")
_METRICS: Mapping[str, tuple[str, ...]] = {
    "REELS": (*_POSTS, "ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate"),
    "FEED": (*_POSTS, "follows", "profile_visits"),
    "STORY": ("views", "reach", "replies", "navigation", "follows", "shares"),
}
# What every kind has, for a kind that is new.
_EVERY = ("views", "reach", "shares")


class _Value(msgspec.Struct):
    value: msgspec.Raw = msgspec.Raw(b"null")


class _Metric(msgspec.Struct):
    name: str
    values: list[_Value] = []
    total_value: _Value | None = None


class _Insights(msgspec.Struct):
    data: list[_Metric] = []


class _Post(msgspec.Struct):
    insights: _Insights = msgspec.field(default_factory=_Insights)


class Numbers:
    """Asks for insights of posts, and learns while it does which metrics and which ways of asking are accepted."""

    def __init__(self, graph: Graph, skipped: Sequence[str]) -> None:
        self._graph = graph
        self._gone: set[str] = set(skipped)
        self._retired: dict[str, None] = {}
        self._kept_back = 0
        self._odd: set[str] = set()
        self._together = True

    def of(self, posts: Iterable[tuple[str, str | None]]) -> Mapping[str, Told]:
        """By post, given as (id, kind): its metrics by name. A post whose insights are kept back is not in it."""
        kinds: dict[str, list[str]] = {}
        for post, kind in posts:
            kinds.setdefault(str(kind or "").upper(), []).append(post)
        told: dict[str, Told] = {}
        for kind, ids in kinds.items():
            for start in range(0, len(ids), TOGETHER):
                told |= self._group(ids[start : start + TOGETHER], _METRICS.get(kind, _EVERY))
        return told

    def notes(self) -> Iterator[Note]:
        for name in self._retired:
            yield Note("metric_retired", f"the platform refuses the metric {name} of posts; the others are read")
        if self._kept_back:
            yield Note("insights_kept_back", f"the platform gives no insights of {self._kept_back} posts or stories")
        if self._odd:
            yield Note("metrics_of_others", f"{len(self._odd)} posts lack metrics that others of their kind have")

    def _group(self, ids: list[str], names: Sequence[str]) -> dict[str, Told]:
        alive = [name for name in names if name not in self._gone]
        if not ids or not alive:
            return {}
        if len(ids) == 1 or not self._together:
            return {post: told for post in ids if (told := self._alone(post, names)) is not None}
        try:
            return self._asked(ids, alive)
        except (KeptBack, MetricRefused, ObjectMissing, TooMuchData):
            half = len(ids) // 2
            return self._group(ids[:half], names) | self._group(ids[half:], names)
        except SourceChanged:
            # The platform does not take several posts at once: each by itself, as documented.
            self._together = False
            return self._group(ids, names)

    def _asked(self, ids: list[str], names: Sequence[str]) -> dict[str, Told]:
        fields = f"insights.metric({','.join(names)}){{name,period,values,total_value}}"
        answer = self._graph.of_objects(ids, fields)
        found = decode(answer, dict[str, _Post], "the insights of posts")
        return {post: _by_name(one.insights) for post, one in found.items() if post in ids}

    def _alone(self, post: str, names: Sequence[str]) -> Told | None:
        """The insights of one post; None where the platform keeps them back."""
        trial, told = Metrics(tuple(self._gone)), Told()
        try:
            for found in trial.ask(names, partial(self._one, post)):
                told |= found
        except (KeptBack, ObjectMissing):
            self._kept_back += 1
            return None
        if trial.refused and post not in self._odd:
            self._gone |= set(trial.refused)
            self._retired |= dict.fromkeys(trial.refused)
        return told

    def _one(self, post: str, names: tuple[str, ...]) -> Told:
        try:
            answer = self._graph.of_object(post, "/insights", (("metric", ",".join(names)),))
        except MetricOfOthers:
            self._odd.add(post)
            raise
        return _by_name(decode(answer, _Insights, "the insights of a post"))


def _by_name(insights: _Insights) -> Told:
    """A total where there is one, else the only value of a lifetime metric. Nothing told is no zero."""
    told = {}
    for metric in insights.data:
        value = metric.total_value or (metric.values[0] if metric.values else None)
        if value is not None and bytes(value.value) != b"null":
            told[metric.name] = value.value
    return told
