"""The truth about one world after some nights: every table, worked out once and kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Final

from pipeline.simulator import brand
from pipeline.simulator.platforms import DEMONSTRATED
from pipeline.simulator.platforms import accounts as played
from pipeline.simulator.truth import (
    accounts,
    anomalies,
    attribution,
    conversions,
    coverage,
    events,
    funnel,
    goals,
    periods,
    post_groups,
    post_margins,
    posts,
    restatements,
    sites,
    targets,
    team,
    voices,
)
from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.observations import Unit, naive, plan
from pipeline.simulator.truth.platforms import platform
from pipeline.simulator.truth.table import Table
from pipeline.simulator.truth.terms import AccountTerms, CampaignTerms, GoalTerms, TeamTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import french_holidays

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def demo_terms(world: World, platforms: Collection[str] = DEMONSTRATED) -> Terms:
    """The settings of the simulated brand, as the generated ``vigie.toml`` of these platforms has them."""
    return Terms(
        accounts=tuple(
            AccountTerms(a.platform, a.id, a.time_zone, a.site, a.receives_visits, brand.TIME_ZONE)
            for a in played(platforms)
        ),
        site_zones={brand.SITE: brand.TIME_ZONE, **brand.sites_abroad(played(platforms))},
        goals={brand.SITE: brand.GOALS, **brand.goals_abroad(played(platforms))},
        campaigns=tuple(
            CampaignTerms(c.utm_campaign, c.platform, c.start, c.end, c.daily_cost, c.name)
            for c in brand.campaigns(world.calendar)
        ),
        action_values=brand.VALUES,
        organic_cost=brand.ORGANIC_COST_PER_DAY,
        pursued=tuple(
            GoalTerms(g.name, g.metric, g.target, g.platform, g.account, g.site, g.start, g.end)
            for g in brand.pursued(world.calendar, played(platforms))
        ),
        targets=brand.TARGETS,
        reporting_currency=brand.REPORTING_CURRENCY,
        history_days=brand.HISTORY_DAYS,
        team=TeamTerms(
            zone=brand.TIME_ZONE,
            weekdays=frozenset(map(DAYS.index, brand.BUSINESS_DAYS)),
            hours=brand.BUSINESS_HOURS,
            authors=brand.AUTHORS,
            writers=brand.WRITERS,
            holidays=french_holidays,
        ),
        holidays=_holidays(world),
    )


def _holidays(world: World) -> dict[date, str]:
    """The public holidays of the brand's country while the world lives."""
    from holidays import country_holidays  # slow to import

    years = range(world.calendar.opened.year, world.calendar.last_night.year + 1)
    return dict(country_holidays(brand.COUNTRY, years=years, language="en_US"))


class Judge:
    """All tables of one world, one choice of nights and one set of settings."""

    def __init__(
        self,
        world: World,
        *,
        nights: Sequence[date] | None = None,
        missed: Collection[tuple[str, str, date]] | None = None,
        settings: Terms | None = None,
    ) -> None:
        self.world = world
        self.nights = tuple(world.nights if nights is None else sorted(nights))
        self.missed = frozenset(world.outages if missed is None else missed)
        self.terms = demo_terms(world) if settings is None else settings

    def table(self, name: str) -> Table:
        """One table by its name. KeyError names those that exist."""
        if name not in TABLES:
            raise KeyError(f"the truth has no table {name!r}: it has {', '.join(TABLES)}")
        return TABLES[name](self)

    def _units(self, account: AccountTerms) -> list[Unit]:
        return plan(
            account.platform,
            account.account,
            self.nights,
            self.missed,
            history_days=self.terms.history_days,
            restatement_days=platform(account.platform).RESTATEMENT_DAYS,
            clock=lambda night: naive(self.world.observed_at(night)),
        )

    @cached_property
    def facts(self) -> Facts:
        """What is known after the nights."""
        facts = Facts()
        for account in self.terms.accounts:
            units = self._units(account)
            facts.units[account.platform, account.account] = units
            if units:
                platform(account.platform).read(facts, self.world, units, account, self.terms)
        return facts

    @cached_property
    def post_daily(self) -> Table:
        return posts.post_daily(self.facts, self.terms)

    @cached_property
    def post(self) -> Table:
        return posts.post(self.facts, self.terms, self.margin_post)

    @cached_property
    def hashtag(self) -> Table:
        return post_groups.hashtag(self.post)

    @cached_property
    def posting_time(self) -> Table:
        return post_groups.posting_time(self.facts, self.post)

    @cached_property
    def content_type(self) -> Table:
        return post_groups.content_type(self.post)

    @cached_property
    def event(self) -> Table:
        return events.event(self.facts, self.terms, self.post_daily)

    @cached_property
    def margin_post(self) -> Table:
        return post_margins.margin_post(self.facts, self.terms, self.event)

    @cached_property
    def attribution(self) -> Table:
        return attribution.attribution(self.facts, self.terms, self.event)

    @cached_property
    def daily(self) -> Table:
        return conversions.daily(self.facts, self.terms, self.event)

    @cached_property
    def margin_daily(self) -> Table:
        return conversions.margin_daily(self.daily, self.terms)

    @cached_property
    def margin_campaign(self) -> Table:
        return funnel.margin_campaign(self.margin_daily)

    @cached_property
    def funnel_daily(self) -> Table:
        return funnel.funnel_daily(self.facts, self.terms, self.daily, self.account_daily)

    @cached_property
    def account_daily(self) -> Table:
        return accounts.account_daily(self.facts, self.terms, self.post_daily, self.daily, self.margin_daily)

    @cached_property
    def account_period(self) -> Table:
        return periods.account_period(self.account_daily)

    @cached_property
    def restatement(self) -> Table:
        return restatements.restatement(self.facts, self.world, self.terms)

    @cached_property
    def team_daily(self) -> Table:
        return team.team_daily(self.facts, self.terms)

    @cached_property
    def share_of_voice(self) -> Table:
        return voices.share_of_voice(self.facts, self.account_daily)

    @cached_property
    def target_reach(self) -> Table:
        return targets.target_reach(self.facts, self.terms, self.account_daily)

    @cached_property
    def site_daily(self) -> Table:
        return sites.site_daily(self.facts, self.terms)

    @cached_property
    def site_network_daily(self) -> Table:
        return sites.site_network_daily(self.facts, self.terms)

    @cached_property
    def anomaly(self) -> Table:
        return anomalies.anomaly(self.facts, self.terms, self.account_daily, self.site_daily)

    @cached_property
    def goal(self) -> Table:
        newest = max(night for account in self.facts.units if (night := self.facts.newest_night(account)) is not None)
        return goals.goal(self.terms.pursued, self.account_daily, self.site_daily, newest)

    @cached_property
    def coverage_daily(self) -> Table:
        return coverage.coverage_daily(self.facts)


TABLES: Final[Mapping[str, Callable[[Judge], Table]]] = {
    "kpi.account_daily": lambda judge: judge.account_daily,
    "kpi.account_period": lambda judge: judge.account_period,
    "kpi.post": lambda judge: judge.post,
    "kpi.post_daily": lambda judge: judge.post_daily,
    "kpi.hashtag": lambda judge: judge.hashtag,
    "kpi.posting_time": lambda judge: judge.posting_time,
    "kpi.content_type": lambda judge: judge.content_type,
    "kpi.restatement": lambda judge: judge.restatement,
    "kpi.team_daily": lambda judge: judge.team_daily,
    "kpi.share_of_voice": lambda judge: judge.share_of_voice,
    "kpi.target_reach": lambda judge: judge.target_reach,
    "kpi.site_daily": lambda judge: judge.site_daily,
    "kpi.site_network_daily": lambda judge: judge.site_network_daily,
    "kpi.anomaly": lambda judge: judge.anomaly,
    "kpi.goal": lambda judge: judge.goal,
    "kpi.coverage_daily": lambda judge: judge.coverage_daily,
    "conversion.event": lambda judge: judge.event,
    "conversion.daily": lambda judge: judge.daily,
    "conversion.margin_daily": lambda judge: judge.margin_daily,
    "conversion.margin_campaign": lambda judge: judge.margin_campaign,
    "conversion.margin_post": lambda judge: judge.margin_post,
    "conversion.attribution": lambda judge: judge.attribution,
    "conversion.funnel_daily": lambda judge: judge.funnel_daily,
}
