"""What Google Analytics said: visits of the second site, where they came from, its key events and purchases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from pipeline.simulator.truth.facts import CountedSales, Facts, SiteDay, VisitRow
from pipeline.simulator.truth.observations import Log, Seen, Unit, days_of
from pipeline.simulator.truth.platforms.matomo import attribute
from pipeline.simulator.truth.terms import NETWORK_NAMES, AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.ga4 import Origin, Property, PropertyDay, Source, offers

KIND: Final = "site"
RESTATEMENT_DAYS: Final = 3
DAILY: Final = frozenset({"days", "origins"})

REPORTS: Final = ("days", "origins", "key_events")
# What the platform says of each of the four reports is a record of its own.
SAID: Final = 4
CURRENCY: Final = "GBP"
_KINDS: Final = {
    "Direct": "direct",
    "Organic Search": "search",
    "Paid Search": "search",
    "Referral": "website",
    "Organic Social": "social",
    "Organic Video": "social",
    "Paid Social": "social",
}
# The networks under the names of the hosts that sent visits.
_HOSTS: Final = {
    **NETWORK_NAMES,
    "m.facebook.com": "facebook",
    "l.instagram.com": "instagram",
    "youtube.com": "youtube",
}


class _Reports:
    """The logs of what each report said."""

    def __init__(self) -> None:
        self.days: Log[date, tuple[int, int, int, int, int]] = Log()
        self.origins: Log[tuple[date, Source], Origin] = Log()
        self.events: Log[tuple[date, Source, str], int] = Log()
        self.purchases: Log[date, tuple[int, str]] = Log()


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """Everything that the nights tell of one property."""
    site, reports = account.site or "", _Reports()
    for unit in units:
        if unit.landed:
            _night(facts, offers(world.seed, world.calendar), unit, reports)
        else:
            facts.fail(unit, *REPORTS, "reports", optional=("purchases",))
    facts.site_days[site] = {day: _site_day(seen) for day, seen in reports.days.live()}
    facts.visits += list(_visits(site, reports, terms))
    for day, seen in reports.purchases.live():
        last = offers(world.seed, world.calendar).day(day, seen.night)
        if last is not None:
            facts.counted_sales.append(_sales(site, day, last, seen.at))


def _sales(site: str, day: date, told: PropertyDay, at: datetime) -> CountedSales:
    name = f"purchases:{day.isoformat()}"
    return CountedSales(site, "ga4", name, day, told.purchases, told.revenue, CURRENCY, at)


def _night(facts: Facts, site: Property, unit: Unit, reports: _Reports) -> None:
    told = {day: at for day in days_of(unit) if (at := site.day(day, unit.night)) is not None}
    reports.days.observe(unit, {day: _counted(at) for day, at in told.items()})
    origins = {(day, origin.source): _without_events(origin) for day, at in told.items() for origin in at.origins}
    reports.origins.observe(unit, origins, inside=lambda key, _: unit.covers(key[0]))
    events = {
        (day, origin.source, name): n
        for day, at in told.items()
        for origin in at.origins
        for name, n in origin.events.items()
    }
    reports.events.observe(unit, events, inside=lambda key, _: unit.covers(key[0]))
    reports.purchases.observe(unit, {day: (at.purchases, str(at.revenue)) for day, at in told.items()})
    facts.deliver(unit, "days", told)
    facts.deliver(unit, "origins", [day for day, _ in origins])
    facts.deliver(unit, "key_events", [day for day, _, _ in events])
    facts.deliver(unit, "purchases", told)
    facts.deliver(unit, "reports", [unit.night] * SAID)


def _counted(day: PropertyDay) -> tuple[int, int, int, int, int]:
    return day.sessions, day.users, day.engaged, day.seconds, day.views


def _without_events(origin: Origin) -> Origin:
    """Key events are a report of their own: they change without the visits."""
    return Origin(origin.source, origin.sessions, origin.users, origin.engaged, origin.seconds, origin.views, events={})


def _site_day(seen: Seen[tuple[int, int, int, int, int]]) -> SiteDay:
    sessions, users, engaged, seconds, views = seen.value
    return SiteDay(sessions, users, views, sessions - engaged, seconds, seen.at)


def placed(source: Source) -> tuple[str, str]:
    """The kind of a source and its label within that kind."""
    if source.campaign[0] != "(":
        return "campaign", source.campaign
    kind = _KINDS.get(source.channel, "other")
    return kind, _HOSTS.get(source.source, source.source) if kind == "social" else source.channel


def _visits(site: str, reports: _Reports, terms: Terms) -> Iterator[VisitRow]:
    """The visits by kind and label, with what the newest change of any source of theirs says of them."""
    groups: dict[tuple[date, str, str], list[Seen[Origin]]] = {}
    moments: dict[tuple[date, str, str], list[Seen[Origin] | Seen[int]]] = {}
    goals: dict[tuple[date, str, str], Counter[str]] = {}
    for (day, source), entries in reports.origins.entries.items():
        key = (day, *placed(source))
        moments.setdefault(key, []).append(entries[-1])
        if not entries[-1].gone:
            groups.setdefault(key, []).append(entries[-1])
    for (day, source, name), told in reports.events.entries.items():
        key = (day, *placed(source))
        moments.setdefault(key, []).append(told[-1])
        if not told[-1].gone:
            goals.setdefault(key, Counter())[name] += told[-1].value
    for (day, kind, label), seen in groups.items():
        platform, campaign = attribute(kind, label, terms)
        rows = [one.value for one in seen]
        yield VisitRow(
            site=site,
            day=day,
            platform=platform,
            campaign=campaign,
            kind=kind,
            label=label,
            visits=sum(row.sessions for row in rows),
            visitors=rows[0].users if len(rows) == 1 else None,
            goals=goals.get((day, kind, label), {}),
            observed_at=max(each.at for each in moments[day, kind, label]),
            bounces=sum(row.sessions - row.engaged for row in rows),
        )
