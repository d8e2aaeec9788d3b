"""Who follows the account and whom it reaches (by age and gender, country, city), and the public numbers of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pipeline.errors import ConfigError, SourceChanged
from pipeline.sources._answers import decode
from pipeline.sources._graph_calls import Params
from pipeline.sources._graph_errors import KeptBack, MetricRefused, ObjectMissing, PermissionMissing
from pipeline.sources.instagram.graph import Graph
from pipeline.streams import Absent, Note, Page, Unit, Yield

# Asked one by one: the platform tells one of them at a time.
_BREAKDOWNS = ("age,gender", "country", "city")
_NAME = re.compile(r"[A-Za-z0-9._]{1,30}")
_FOLLOWERS, _REACHED = "follower_demographics", "reached_audience_demographics"
_ABSENT = msgspec.Raw(b"null")
_NOBODY = "the platform tells nothing of the followers: there are fewer than 100"


class _Result(msgspec.Struct):
    dimension_values: list[str]
    value: msgspec.Raw = msgspec.Raw(b"null")


class _Breakdown(msgspec.Struct):
    dimension_keys: list[str] = []
    results: list[_Result] = []


class _Total(msgspec.Struct):
    breakdowns: list[_Breakdown] = []


class _Metric(msgspec.Struct):
    total_value: _Total | None = None


class _Insights(msgspec.Struct):
    data: list[_Metric]


class _Other(msgspec.Struct):
    id: str
    username: str
    followers_count: msgspec.Raw = msgspec.Raw(b"null")
    media_count: msgspec.Raw = msgspec.Raw(b"null")


class _Discovery(msgspec.Struct):
    business_discovery: _Other


def demographics(graph: Graph, unit: Unit, late: str | None, skipped: Sequence[str] = ()) -> Iterator[Yield]:
    """Followers, and people reached since the first of the month, by segment as they are now.

    Absent where the followers are too few. Where the platform tells nothing of the people reached, those numbers
    are missing and the followers come all the same.
    """
    if late:
        yield Absent("demographics", late)
        return
    records: list[bytes] = []
    reached = None if _REACHED in skipped else _Reached(graph)
    try:
        for breakdown in _BREAKDOWNS:
            followers = _segments(graph, _FOLLOWERS, breakdown)
            if not followers:
                break
            others = reached.by(breakdown) if reached else {}
            records += _records(unit.night.isoformat(), breakdown, followers, others)
    except (KeptBack, MetricRefused, PermissionMissing) as refused:
        yield Absent("demographics", str(refused))
        return
    yield Page("demographics", records) if records else Absent("demographics", _NOBODY)
    if reached and reached.refused:
        yield Note("metric_retired", f"the platform refuses the metric {_REACHED}: {reached.refused}")


class _Reached:
    """The people reached, by one breakdown after the other, until the platform refuses to tell."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.refused: str | None = None

    def by(self, breakdown: str) -> dict[str, msgspec.Raw]:
        """People by segment; empty where nothing is told."""
        if self.refused:
            return {}
        try:
            return _segments(self._graph, _REACHED, breakdown)
        except KeptBack:
            return {}
        except (MetricRefused, PermissionMissing) as refused:
            self.refused = str(refused)
            return {}


def _records(
    day: str, breakdown: str, followers: Mapping[str, msgspec.Raw], reached: Mapping[str, msgspec.Raw]
) -> list[bytes]:
    """A record for each segment that either of them names."""
    return [
        msgspec.json.encode(
            {
                "day": day,
                "segment": segment,
                "breakdown": breakdown,
                "value": followers.get(segment, _ABSENT),
                "reach": reached.get(segment, _ABSENT),
            }
        )
        for segment in {**followers, **reached}
    ]


def _segments(graph: Graph, metric: str, breakdown: str) -> dict[str, msgspec.Raw]:
    """People by segment of one breakdown. SourceChanged where a group is not described by its dimensions."""
    params: Params = (
        ("metric", metric),
        ("period", "lifetime"),
        ("metric_type", "total_value"),
        ("timeframe", "this_month"),
        ("breakdown", breakdown),
    )
    found = decode(graph.of_account("/insights", params), _Insights, "the demographics")
    groups = [group for told in found.data if told.total_value for group in told.total_value.breakdowns]
    people: dict[str, msgspec.Raw] = {}
    for group, result in ((each, one) for each in groups for one in each.results):
        if len(group.dimension_keys) != len(result.dimension_values):
            raise SourceChanged("a group of people has more values than dimensions, or fewer")
        people[_segment(dict(zip(group.dimension_keys, result.dimension_values, strict=True)))] = result.value
    return people


def _segment(dimensions: dict[str, str]) -> str:
    """``F.25-34`` for women of that age, ``country.FR`` for one dimension alone."""
    if set(dimensions) == {"age", "gender"}:
        return f"{dimensions['gender']}.{dimensions['age']}"
    return ",".join(f"{key}.{value}" for key, value in sorted(dimensions.items()))


def tracked(graph: Graph, unit: Unit, late: str | None, names: Sequence[str]) -> Iterator[Yield]:
    """The public numbers of other businesses, one call each; nothing where none is configured."""
    if not names:
        return
    for name in names:
        if not _NAME.fullmatch(name):
            raise ConfigError(f"tracked: {name!r} is no name of an account on Instagram")
    if late or graph.login != "facebook":
        yield Absent("tracked", late or "only Facebook's login may look at other businesses")
        return
    records = []
    for name in names:
        try:
            records.append(_other(graph, unit.night.isoformat(), name))
        except (KeptBack, ObjectMissing):
            yield Note("tracked_unknown", f"the platform knows no business named {name}")
    yield Page("tracked", records)


def _other(graph: Graph, day: str, name: str) -> bytes:
    fields = f"business_discovery.username({name}){{id,username,followers_count,media_count}}"
    answer = graph.of_account("", (("fields", fields),))
    other = decode(answer, _Discovery, "the public numbers of another business").business_discovery
    return msgspec.json.encode(
        {
            "day": day,
            "id": other.id,
            "username": other.username,
            "followers_count": other.followers_count,
            "media_count": other.media_count,
        }
    )
