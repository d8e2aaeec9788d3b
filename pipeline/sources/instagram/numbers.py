"""Insights of posts, many posts a call: what may be asked depends on what the post is.

One post of a call can refuse it for all, and so can one metric: a refused group is halved until the culprit stands
alone, and a post that stands alone is asked metric by metric in the same way. Once a post is older than the
measuring of its account, nothing older is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec

from pipeline.errors import SourceChanged
from pipeline.sources._answers import decode
from pipeline.sources._graph_calls import Metrics
from pipeline.sources._graph_errors import (
    KeptBack,
    MetricOfOthers,
    MetricRefused,
    NotYetMeasured,
    ObjectMissing,
    TooMuchData,
)
from pipeline.sources.instagram.graph import TOGETHER, Graph
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


@dataclass(frozen=True)
class Asked:
    """A post whose insights are wanted. ``kind`` is the platform's ``media_product_type``."""

    id: str
    kind: str
    created: datetime


class Numbers:
    """Asks for insights of posts, and learns while it does which metrics and which ways of asking are accepted."""

    def __init__(self, graph: Graph, skipped: Sequence[str]) -> None:
        self._graph = graph
        self._gone: set[str] = set(skipped)
        self._retired: dict[str, None] = {}
        self._kept_back = 0
        self._odd: set[str] = set()
        self._together = True
        # The newest post that is older than the measuring of the account.
        self._unmeasured: datetime | None = None

    def of(self, posts: Sequence[Asked]) -> Mapping[str, Told]:
        """By post: its metrics by name. A post whose insights are kept back is not in it."""
        kinds: dict[str, list[Asked]] = {}
        for post in posts:
            kinds.setdefault(post.kind.upper(), []).append(post)
        told: dict[str, Told] = {}
        for kind, group in kinds.items():
            for start in range(0, len(group), TOGETHER):
                told |= self._group(group[start : start + TOGETHER], _METRICS.get(kind, _EVERY))
        self._kept_back += len(posts) - len(told)
        return told

    def notes(self) -> Iterator[Note]:
        for name in self._retired:
            yield Note("metric_retired", f"the platform refuses the metric {name} of posts; the others are read")
        if self._kept_back:
            yield Note("insights_kept_back", f"posts and stories without insights: {self._kept_back}")
        if self._odd:
            yield Note("metrics_of_others", f"posts that lack metrics of their kind: {len(self._odd)}")

    def _group(self, posts: list[Asked], names: Sequence[str]) -> dict[str, Told]:
        alive = [name for name in names if name not in self._gone]
        posts = [post for post in posts if self._unmeasured is None or post.created > self._unmeasured]
        if not posts or not alive:
            return {post.id: {} for post in posts}
        if len(posts) == 1:
            return self._alone(posts[0], names)
        return self._several(posts, alive) if self._together else self._halved(posts, names)

    def _several(self, posts: list[Asked], names: Sequence[str]) -> dict[str, Told]:
        try:
            return self._asked([post.id for post in posts], names)
        except (KeptBack, MetricRefused, TooMuchData):
            return self._halved(posts, names)
        except ObjectMissing:
            told = self._halved(posts, names)
            # None of them is missing: what the platform does not know is this way of asking.
            self._together = len(told) < len(posts)
            return told
        except SourceChanged:
            # The platform does not take several posts at once: each by itself, as documented.
            self._together = False
            return self._halved(posts, names)

    def _halved(self, posts: list[Asked], names: Sequence[str]) -> dict[str, Told]:
        half = len(posts) // 2
        return self._group(posts[:half], names) | self._group(posts[half:], names)

    def _asked(self, ids: list[str], names: Sequence[str]) -> dict[str, Told]:
        fields = f"insights.metric({','.join(names)}){{name,period,values,total_value}}"
        answer = self._graph.of_objects(ids, fields)
        found = decode(answer, dict[str, _Post], "the insights of posts")
        return {post: _by_name(one.insights) for post, one in found.items() if post in ids}

    def _alone(self, post: Asked, names: Sequence[str]) -> dict[str, Told]:
        """The insights of one post; nothing where the platform keeps them back."""
        trial, told = Metrics(tuple(self._gone)), Told()
        try:
            for found in trial.ask(names, partial(self._one, post.id)):
                told |= found
        except NotYetMeasured:
            self._unmeasured = max(post.created, self._unmeasured or post.created)
            return {}
        except (KeptBack, ObjectMissing):
            return {}
        if trial.refused and post.id not in self._odd:
            self._gone |= set(trial.refused)
            self._retired |= dict.fromkeys(trial.refused)
        return {post.id: told}

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
