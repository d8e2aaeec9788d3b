"""Who follows the account (by age and gender, country, city), and the public numbers of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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


def demographics(graph: Graph, unit: Unit, late: str | None) -> Iterator[Yield]:
    """Followers by segment, as they are now. Absent where they are too few."""
    if late:
        yield Absent("demographics", late)
        return
    records: list[bytes] = []
    try:
        for breakdown in _BREAKDOWNS:
            found = _segments(graph, unit.night.isoformat(), breakdown)
            if not found:
                break
            records += found
    except (KeptBack, MetricRefused, PermissionMissing) as refused:
        yield Absent("demographics", str(refused))
        return
    yield Page("demographics", records) if records else Absent("demographics", _NOBODY)


def _segments(graph: Graph, day: str, breakdown: str) -> list[bytes]:
    params: Params = (
        ("metric", "follower_demographics"),
        ("period", "lifetime"),
        ("metric_type", "total_value"),
        ("timeframe", "this_month"),
        ("breakdown", breakdown),
    )
    found = decode(graph.of_account("/insights", params), _Insights, "the demographics")
    groups = [group for metric in found.data if metric.total_value for group in metric.total_value.breakdowns]
    records = []
    for group, result in ((each, one) for each in groups for one in each.results):
        if len(group.dimension_keys) != len(result.dimension_values):
            raise SourceChanged("a group of followers has more values than dimensions, or fewer")
        segment = _segment(dict(zip(group.dimension_keys, result.dimension_values, strict=True)))
        records.append(
            msgspec.json.encode({"day": day, "segment": segment, "breakdown": breakdown, "value": result.value})
        )
    return records


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
