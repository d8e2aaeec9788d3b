"""What the analytics of the sites said: visits and where they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from pipeline.simulator.truth.facts import Facts, SiteDay, VisitRow
from pipeline.simulator.truth.observations import Log, Seen, Unit, days_of, naive
from pipeline.simulator.truth.terms import NETWORK_NAMES, UNATTRIBUTED, AccountTerms, Terms
from pipeline.simulator.world import Referrer, Visit, World
from pipeline.simulator.world import SiteDay as ReportedDay

KIND: Final = "site"
RESTATEMENT_DAYS: Final = 3
DAILY: Final = frozenset({"referrer_types", "visits"})

ANALYTICS: Final = ("visits", "referrer_types", "socials", "campaigns", "goals")
NOT_NAMED: Final = "(not named)"


class Counted(NamedTuple):
    """What the analytics count of all visits of a day; every number None: nothing was tracked."""

    visits: int | None = None
    visitors: int | None = None
    actions: int | None = None
    max_actions: int | None = None
    seconds: int | None = None
    bounces: int | None = None
    converted: int | None = None


class _Reports:
    """The logs of the reports that the tables need."""

    def __init__(self) -> None:
        self.visits: Log[date, Counted] = Log()
        self.types: Log[tuple[date, str], Referrer] = Log()
        self.socials: Log[tuple[date, str], Referrer] = Log()
        self.campaigns: Log[tuple[date, str], Referrer] = Log()


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """Everything that the nights tell of the visits of one site."""
    site = account.site or ""
    reports = _Reports()
    for unit in units:
        if unit.landed:
            _analytics_night(facts, world, unit, reports)
        else:
            facts.fail(unit, *ANALYTICS, optional=("ecommerce", "visit_log"))
    facts.single_visits += single_visits(world, units, account, terms)
    facts.site_days[site] = {day: _site_day(seen) for day, seen in reports.visits.live()}
    facts.visits += [row for day in facts.site_days[site] for row in _visit_rows(site, day, reports, terms)]


def _analytics_night(facts: Facts, world: World, unit: Unit, reports: _Reports) -> None:
    """Take in one night's answers: each asked day answers, if only by saying that it is empty."""
    answered = {day: world.matomo.day(day, unit.night) for day in days_of(unit)}
    reports.visits.observe(unit, {day: _counted(at) for day, at in answered.items()})
    facts.deliver(unit, "visits", answered)
    tracked = {day: at for day, at in answered.items() if at is not None}
    for stream, log, pick in (
        ("referrer_types", reports.types, "types"),
        ("socials", reports.socials, "socials"),
        ("campaigns", reports.campaigns, "campaigns"),
    ):
        rows: dict[tuple[date, str], Referrer] = {
            (day, row.label): row for day, at in tracked.items() for row in getattr(at, pick)
        }
        _observe_rows(log, unit, rows)
        facts.deliver(unit, stream, [day for day, _ in rows])
    facts.deliver(unit, "goals", [day for day, at in tracked.items() for _ in at.goals])
    facts.deliver(unit, "ecommerce", tracked)
    facts.deliver(unit, "visit_log", [day for day in answered for _ in world.matomo.visits(day, unit.night)])


def _observe_rows(log: Log[tuple[date, str], Referrer], unit: Unit, rows: dict[tuple[date, str], Referrer]) -> None:
    """A label that a reported day lacks now has no visits any more."""
    log.observe(unit, rows, inside=lambda key, _: unit.covers(key[0]))


def _counted(day: ReportedDay | None) -> Counted:
    if day is None:
        return Counted()
    return Counted(
        day.visits,
        day.visitors,
        day.actions,
        day.max_actions,
        day.visit_seconds,
        day.bounces,
        day.visits_converted,
    )


def _site_day(seen: Seen[Counted]) -> SiteDay:
    at = seen.value
    return SiteDay(at.visits, at.visitors, at.actions, at.bounces, at.seconds, seen.at)


def attribute(kind: str, label: str, terms: Terms) -> tuple[str, str]:
    """The network and the campaign behind a referrer, as far as the settings know them."""
    if kind == "social":
        return NETWORK_NAMES.get(label.lower(), UNATTRIBUTED), ""
    if kind == "campaign":
        campaign = terms.campaign(label)
        return (campaign.platform if campaign else UNATTRIBUTED), label.lower()
    return UNATTRIBUTED, ""


def _visit_rows(site: str, day: date, reports: _Reports, terms: Terms) -> Iterator[VisitRow]:
    """The visits of a day by referrer: the named labels instead of the type that they belong to."""
    named = {
        kind: [seen for (of, _), seen in log.live() if of == day]
        for kind, log in (("social", reports.socials), ("campaign", reports.campaigns))
    }
    for kind, labels in named.items():
        for seen in labels:
            yield _visit_row(site, day, kind, seen, terms)
    for (of, _), seen in reports.types.live():
        if of != day:
            continue
        if seen.value.kind not in named:
            yield _visit_row(site, day, seen.value.kind, seen, terms)
        else:
            yield from _rest(site, day, seen, named[seen.value.kind])


def _visit_row(site: str, day: date, kind: str, seen: Seen[Referrer], terms: Terms) -> VisitRow:
    row = seen.value
    platform, campaign = attribute(kind, row.label, terms)
    return VisitRow(
        site=site,
        day=day,
        platform=platform,
        campaign=campaign,
        kind=kind,
        label=row.label,
        visits=row.visits,
        visitors=row.visitors,
        goals={str(goal): at.conversions for goal, at in row.goals.items()},
        observed_at=seen.at,
        bounces=row.bounces,
    )


def _rest(site: str, day: date, whole: Seen[Referrer], labels: list[Seen[Referrer]]) -> Iterator[VisitRow]:
    """The visits of a type that none of its labels names."""
    visits = whole.value.visits - sum(seen.value.visits for seen in labels)
    if visits <= 0:
        return
    goals = Counter({str(goal): at.conversions for goal, at in whole.value.goals.items()})
    for seen in labels:
        goals.subtract({str(goal): at.conversions for goal, at in seen.value.goals.items()})
    yield VisitRow(
        site=site,
        day=day,
        platform=UNATTRIBUTED,
        campaign="",
        kind=whole.value.kind,
        label=NOT_NAMED,
        visits=visits,
        visitors=None,
        goals={goal: n for goal, n in goals.items() if n > 0},
        observed_at=max([whole.at, *(seen.at for seen in labels)]),
        bounces=whole.value.bounces - sum(seen.value.bounces for seen in labels),
    )


def single_visits(world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> list[dict[str, Any]]:
    """The visits as the nights told them last, those that were deleted left out: rows of ``staging.visit``.

    ``visitor`` is what the platform calls the visitor, of which the pipeline keeps a hash: two rows have the
    same one where the same person came.
    """
    log: Log[int, tuple[date, Visit]] = Log()
    for unit in (each for each in units if each.landed):
        told = {visit.id: (day, visit) for day in days_of(unit) for visit in world.matomo.visits(day, unit.night)}
        _observe_visits(log, unit, told)
    site = account.site or account.account
    zone = terms.site_zones.get(site, account.time_zone)
    place = {"platform": account.platform, "account": account.account, "site": site, "day_timezone": zone}
    return [
        place | _single(day, visit) | {"observed_at": seen.at} for _, seen in log.live() for day, visit in [seen.value]
    ]


def _observe_visits(log: Log[int, tuple[date, Visit]], unit: Unit, told: dict[int, tuple[date, Visit]]) -> None:
    """A visit that the log of a day lacks now was deleted."""
    log.observe(unit, told, inside=lambda _, value: unit.covers(value[0]))


def _single(day: date, visit: Visit) -> dict[str, Any]:
    return {
        "day": day,
        "visit_id": str(visit.id),
        "visitor": visit.visitor,
        "visited_at": naive(visit.begun),
        "referrer_type": visit.kind,
        "label": visit.label,
        **{name: visit.utm.get(name) for name in ("utm_source", "utm_medium", "utm_campaign", "utm_content")},
        "orders": [str(visit.order.id)] if visit.order else [],
        "goals": [str(goal) for goal in visit.goals],
    }
