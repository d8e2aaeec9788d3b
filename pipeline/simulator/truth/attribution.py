"""Which touches of each journey earn its conversion, by the six models that look at one journey alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.journeys import Journey, Journeys
from pipeline.simulator.truth.table import PLACES, Shape, Table
from pipeline.simulator.truth.terms import Terms

ATTRIBUTION: Final = Shape(
    "conversion.attribution",
    ("conversion_id", "journey", "touch", "model"),
    "conversion_id VARCHAR, journey BIGINT, touch BIGINT, model VARCHAR, site VARCHAR, action VARCHAR, "
    "occurred_day DATE, channel VARCHAR, platform VARCHAR, campaign VARCHAR, touched_at TIMESTAMP, "
    "weight DOUBLE, conversions DOUBLE, revenue DECIMAL(18,4), observed_at TIMESTAMP",
)
# The Markov chain looks at all journeys together: its numbers are checked by hand where they are computed.
TOLD_ROWS: Final = "model <> 'markov'"
_HALF_LIFE: Final = timedelta(days=7)
_SHARE: Final = Decimal("0.000000000001")


def _only(count: int, place: int) -> list[float]:
    return [1.0 if nth == place else 0.0 for nth in range(count)]


def _last_non_direct(journey: Journey) -> list[float]:
    named = [nth for nth, touch in enumerate(journey.touches) if not touch.is_direct]
    return _only(len(journey.touches), named[-1] if named else len(journey.touches) - 1)


def _position(journey: Journey) -> list[float]:
    count = len(journey.touches)
    if count <= 2:
        return [1 / count] * count
    return [0.4, *[0.2 / (count - 2)] * (count - 2), 0.4]


def _time_decay(journey: Journey) -> list[float]:
    sizes = [0.5 ** ((journey.converted_at - touch.at) / _HALF_LIFE) for touch in journey.touches]
    return [size / sum(sizes) for size in sizes]


MODELS: Final[Mapping[str, Callable[[Journey], list[float]]]] = {
    "first": lambda journey: _only(len(journey.touches), 0),
    "last": lambda journey: _only(len(journey.touches), len(journey.touches) - 1),
    "last_non_direct": _last_non_direct,
    "linear": lambda journey: [1 / len(journey.touches)] * len(journey.touches),
    "position": _position,
    "time_decay": _time_decay,
}


def attribution(facts: Facts, terms: Terms, events: Table) -> Table:
    """One row per confirmed conversion, journey, touch and model; the Markov chain is left out."""
    journeys = Journeys(facts, terms)
    rows: list[dict[str, Any]] = []
    for event in events.where(status="confirmed"):
        if event["action"] != "social_boost" and event["count"] > 0:
            known = journeys.of(event)
            for nth, journey in enumerate(known, start=1):
                rows += _earned(event, nth, journey)
            if event["count"] > len(known):
                rows.append(_untold(event, len(known)))
    return ATTRIBUTION.table(rows)


def _of_event(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: event[name] for name in ("conversion_id", "site", "action", "occurred_day", "observed_at")}


def _earned(event: Mapping[str, Any], nth: int, journey: Journey) -> Iterator[dict[str, Any]]:
    for model, weigh in MODELS.items():
        weights = weigh(journey)
        parts = _money(event, weights, 1)
        for place, (touch, weight, part) in enumerate(zip(journey.touches, weights, parts, strict=True), start=1):
            yield {
                **_of_event(event),
                "journey": nth,
                "touch": place,
                "model": model,
                "channel": touch.channel,
                "platform": touch.platform,
                "campaign": touch.campaign,
                "touched_at": touch.at,
                "weight": weight,
                "conversions": weight,
                "revenue": part,
            }


def _untold(event: Mapping[str, Any], known: int) -> dict[str, Any]:
    rest = event["count"] - known
    return {
        **_of_event(event),
        "journey": 0,
        "touch": 1,
        "model": "last",
        "channel": event["platform"],
        "platform": event["platform"],
        "campaign": event["campaign"],
        "touched_at": None,
        "weight": 1.0,
        "conversions": float(rest),
        "revenue": _money(event, [1.0], rest)[0],
    }


def _money(event: Mapping[str, Any], weights: Sequence[float], conversions: int) -> list[Decimal | None]:
    """The parts of the value: what the touches so far have earned is rounded, so that nothing is lost."""
    if event["value_reporting"] is None:
        return [None] * len(weights)
    value = event["value_reporting"] * conversions / event["count"]
    together, before, parts = 0.0, Decimal(0), list[Decimal | None]()
    for weight in weights:
        together += weight
        share = Decimal(together).quantize(_SHARE, ROUND_HALF_UP)
        until_here = (value * share).quantize(PLACES, ROUND_HALF_UP)
        parts.append(until_here - before)
        before = until_here
    return parts
