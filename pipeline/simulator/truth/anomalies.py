"""What was to be expected of each day, and which days are out of the ordinary: from the definition, day by day."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.table import Shape, Table
from pipeline.simulator.truth.terms import Terms

Row = dict[str, Any]
Known = Mapping[date, float]

ANOMALY: Final = Shape(
    "kpi.anomaly",
    ("platform", "account", "site", "metric", "day"),
    "platform VARCHAR, account VARCHAR, site VARCHAR, metric VARCHAR, day DATE, value BIGINT, expected DOUBLE, "
    "low DOUBLE, high DOUBLE, score DOUBLE, is_anomaly BOOLEAN, direction VARCHAR, kind VARCHAR, "
    "explained_by VARCHAR, training_days BIGINT, is_final BOOLEAN",
)
COUNTED: Final = ("reach_1d", "impressions", "engagements", "visits", "conversions")
SHORT_DAYS: Final = 14
# Numbers are kept as whole parts of a person: the next binary million.
PARTS: Final = 2**20


def anomaly(facts: Facts, terms: Terms, account_daily: Table, site_daily: Table) -> Table:
    """One row per account or site, metric and day that has a value."""
    occasions = {platform: dict(_occasions(terms, platform)) for platform in _platforms(terms)}
    rows: list[Row] = []
    for key, days in _by(account_daily, "platform", "account").items():
        known = facts.account_days.get(key, {})
        steps = {day: float(each.metrics.get("followers_step") or 1) for day, each in known.items()}
        named = {"platform": key[0], "account": key[1], "site": None}
        rows += [named | row for row in _followers(days, steps, occasions[key[0]])]
        for metric in COUNTED:
            rows += [named | row for row in _counts(metric, days, occasions[key[0]])]
    for (site,), days in _by(site_daily, "site").items():
        named = {"platform": None, "account": None, "site": site}
        rows += [named | row for row in _counts("visits", days, occasions[None])]
    return ANOMALY.table(rows)


def _by(table: Table, *key: str) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in table.dicts():
        found.setdefault(tuple(row[name] for name in key), []).append(row)
    return found


def _platforms(terms: Terms) -> set[str | None]:
    return {None} | {account.platform for account in terms.network_accounts}


def _occasions(terms: Terms, platform: str | None) -> Iterator[tuple[date, tuple[str, bool]]]:
    """Each declared day: what it is called, and whether something short is among it; campaigns before holidays."""
    days: dict[date, list[tuple[int, str, bool]]] = {}
    for day, name in terms.holidays.items():
        days.setdefault(day, []).append((2, name, True))
    for one in terms.campaigns:
        if one.start is None or one.end is None or platform not in (None, one.platform):
            continue
        length = (one.end - one.start).days
        for n in range(length + 1):
            days.setdefault(one.start + timedelta(days=n), []).append((1, one.name, length < SHORT_DAYS))
    for day, declared in days.items():
        yield day, (min(declared)[1], any(short for _, _, short in declared))


@dataclass
class Series:
    """One metric of one account. ``told``: the values on the scale of chance; ``taught``: the days that teach.

    ``share``: what is left of a day's error on the day after.
    """

    told: Known
    taught: frozenset[date]
    final: frozenset[date]
    least: Any
    share: float
    _levels: dict[date, tuple[float, float, float] | None] = field(default_factory=dict)
    _effects: dict[date, float] = field(default_factory=dict)

    @cached_property
    def y(self) -> Known:
        return {day: value for day, value in self.told.items() if day in self.taught}

    @cached_property
    def beside_week(self) -> Known:
        """A day against the mean of the week that it ends."""
        found = {}
        for day, value in self.y.items():
            week = [self.y[at] for at in back(day, 0, 6) if at in self.y]
            found[day] = value - sum(week) / len(week)
        return found

    def effect(self, day: date) -> float:
        """What the weekday adds: the median of up to eight such days, drawn towards 0."""
        if day not in self._effects:
            same = [self.beside_week[at] for at in back(day, 7, 56, 7) if at in self.beside_week]
            self._effects[day] = quantile(same, 0.5) * len(same) / (len(same) + 4) if same else 0.0
        return self._effects[day]

    def plain(self, days: Iterable[date]) -> list[float]:
        """The days without what their weekdays add."""
        return [self.y[at] - self.effect(at) for at in days if at in self.y]

    def level(self, day: date) -> tuple[float, float, float] | None:
        """The level before a day, the least scale and the unrest there; None with less than a week of the last four."""
        if day not in self._levels:
            self._levels[day] = self._level(day)
        return self._levels[day]

    def _level(self, day: date) -> tuple[float, float, float] | None:
        month, week = self.plain(back(day, 1, 28)), self.plain(back(day, 1, 7))
        if len(month) < 7:
            return None
        long = (quantile(month, 0.15) + quantile(month, 0.5) + quantile(month, 0.85)) / 3
        least = self.least(day, long)
        beside = [abs(self.beside_week[at] - self.effect(at)) for at in back(day, 1, 28) if at in self.beside_week]
        unrest = max(1.4826 * math.sqrt(7 / 6) * quantile(beside, 0.5), least)
        moved = len(week) >= 5 and abs(quantile(week, 0.5) - long) > 1.5 * unrest
        return (quantile(week, 0.5) if moved else long), least, unrest

    def echo(self, day: date) -> float:
        """What the error of the day before leaves on a day."""
        before, level, here = day - timedelta(days=1), self.level(day - timedelta(days=1)), self.level(day)
        if before not in self.y or level is None or here is None:
            return 0.0
        error = self.y[before] - self.effect(before) - level[0]
        return self.share * min(max(error, -2 * here[2]), 2 * here[2])

    def errors(self, day: date) -> list[float]:
        """How far the expectations of the twelve weeks before were off."""
        found = []
        for at in back(day, 1, 84):
            level = self.level(at) if at in self.y else None
            if level is not None:
                found.append(self.y[at] - self.effect(at) - level[0] - self.echo(at))
        return found

    def stays(self, day: date, off: float, level: float) -> bool:
        """Whether four final days of the week after lie on the same side, at least half as far."""
        after = self.plain(day + timedelta(days=n) for n in range(1, 8) if day + timedelta(days=n) in self.final)
        return len(after) >= 4 and off != 0 and (quantile(after, 0.5) - level) / off >= 0.5


def back(day: date, first: int, last: int, step: int = 1) -> list[date]:
    """The days from so many to so many before it."""
    return [day - timedelta(days=n) for n in range(first, last + 1, step)]


def quantile(values: Sequence[float], share: float) -> float:
    """Between the two neighbours, in proportion."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low, high = ordered[math.floor(place)], ordered[min(math.floor(place) + 1, len(ordered) - 1)]
    return low + (high - low) * (place - math.floor(place))


def grained(value: float) -> float:
    return round(value * PARTS) / PARTS


def stretched(count: float) -> float:
    """A count on the scale on which chance moves small and large ones alike."""
    angle = math.asinh(0.2 * math.sqrt(abs(count) + 0.375)) - math.asinh(0.2 * math.sqrt(0.375))
    return grained(math.copysign(10 * angle, count))


def counted(value: float) -> float:
    angle = 0.1 * abs(value) + math.asinh(0.2 * math.sqrt(0.375))
    return grained(math.copysign((math.sinh(angle) / 0.2) ** 2 - 0.375, value))


def _followers(days: list[Row], steps: Known, occasions: Mapping[date, tuple[str, bool]]) -> Iterator[Row]:
    """The net change of every day, with what the platform itself moved the level by."""
    known = [row for row in days if row["followers_net"] is not None]
    moved = frozenset(row["day"] for row in known if row["is_level_shift"])
    values = {r["day"]: r["followers_net"] + (r["follower_residual"] if r["day"] in moved else 0) for r in known}

    def least(day: date, level: float) -> float:
        step = max(steps.get(day, 1.0), steps.get(day - timedelta(days=1), 1.0), 1.0)
        return max(math.sqrt(abs(level) + 1), step)

    final = frozenset(row["day"] for row in days if row["is_final"])
    taught = frozenset(day for day in values if day not in moved and not occasions.get(day, ("", False))[1])
    series = Series({day: float(value) for day, value in values.items()}, taught, final, least, 0.0)
    for row in known:
        before = None if row["followers"] is None else row["followers"] - row["followers_net"]
        leaps = before is not None and abs(values[row["day"]]) >= 0.05 * before
        found = _judged("followers_net", row["day"], values[row["day"]], series, occasions, row["day"] in moved, leaps)
        yield found | {"is_final": row["is_final"]}


def _counts(metric: str, days: list[Row], occasions: Mapping[date, tuple[str, bool]]) -> Iterator[Row]:
    known = {row["day"]: row[metric] for row in days if row[metric] is not None}
    final = frozenset(row["day"] for row in days if row["is_final"])
    taught = frozenset(day for day in known if not occasions.get(day, ("", False))[1])

    def least(_day: date, level: float) -> float:
        return grained(1 / math.cosh(0.1 * abs(level)))

    series = Series({day: stretched(value) for day, value in known.items()}, taught, final, least, 0.4)
    for day, value in known.items():
        yield _judged(metric, day, value, series, occasions) | {"is_final": day in final}


def _judged(
    metric: str,
    day: date,
    value: int,
    series: Series,
    occasions: Mapping[date, tuple[str, bool]],
    moved: bool = False,
    leaps: bool = False,
) -> Row:
    errors, level = series.errors(day), series.level(day)
    name = None if moved else occasions.get(day, (None, False))[0]
    row: Row = {"metric": metric, "day": day, "value": value, "training_days": len(errors), "explained_by": name}
    row |= dict.fromkeys(("expected", "low", "high", "score", "is_anomaly", "direction", "kind"))
    stays = False
    if len(errors) >= 21 and level is not None:
        middle = level[0] + series.effect(day) + series.echo(day)
        row |= _bounds(metric, series.told[day], middle, errors, level[1])
        row["is_anomaly"] = abs(row["score"]) > 3.5 and name is None
        stays = series.stays(day, series.told[day] - middle, level[0])
    row["is_anomaly"] = None if day not in series.final else True if moved else row["is_anomaly"]
    if row["is_anomaly"]:
        row["direction"] = "up" if value >= (row["expected"] or 0) else "down"
        row["kind"] = "level_shift" if moved or leaps or stays else "spike"
    return row


def _bounds(metric: str, told: float, middle: float, errors: list[float], least: float) -> Row:
    typical = max(1.4826 * quantile([abs(error) for error in errors], 0.5), least)
    few = 1 + 1.5 / len(errors)
    up = few * max(typical, quantile(errors, 0.9) / 1.2816, quantile(errors, 0.95) / 1.6449)
    down = few * max(typical, -quantile(errors, 0.1) / 1.2816, -quantile(errors, 0.05) / 1.6449)
    in_units = grained if metric == "followers_net" else counted
    numbers = {"expected": middle, "low": middle - 3.5 * down, "high": middle + 3.5 * up}
    floor = -math.inf if metric in ("followers_net", "engagements") else 0.0
    score = (told - middle) / (up if told >= middle else down)
    return {name: max(in_units(number), floor) for name, number in numbers.items()} | {"score": grained(score)}
