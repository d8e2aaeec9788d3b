"""What the settings say, as the small tables that SQL joins: ``seed.*``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline import registry
from pipeline.settings import NETWORKS, WEEKDAYS, Site, Team, analytics_of, authors_of, segment_dimension
from pipeline.steps import costs, declarations
from pipeline.steps.project import Project, resource_folder
from pipeline.streams import Source

# Google+ opened in 2011; nobody forecasts beyond.
_YEARS = range(2009, 2041)
Rows = tuple[Sequence[str], Sequence[tuple[object, ...]]]


def seeds(project: Project, night: date) -> dict[str, Rows]:
    """Every seed table's columns and rows, by table name without its schema.

    ``night`` is noted as that in which a new experiment was declared.
    """
    settings, sources = project.settings, project.sources
    metrics = registry.read(resource_folder("sql") / "metrics.yml")
    aliases = registry.read_networks(resource_folder("sql") / "networks.yml")
    return {
        "brand": (
            ("brand", "reporting_currency", "time_zone", "growth_base", "complete_share", "cost_of_goods"),
            [
                (
                    *(settings.brand, settings.reporting_currency, settings.time_zone, settings.growth_base),
                    *(float(settings.periods.complete), settings.conversions.cost_of_goods),
                )
            ],
        ),
        "account": (
            ("platform", "account", "name", "time_zone", "site", "receives_visits"),
            [(a.platform, a.id, a.name, a.time_zone, a.site, a.receives_visits) for a in settings.accounts],
        ),
        "continued": (
            ("platform", "account", "continued_by"),
            [(a.platform, old, a.id) for a in settings.accounts for old in a.continues],
        ),
        "platform": (("platform", "kind", "restatement_days", "default_time_zone"), list(_platforms(sources))),
        "stream": (
            ("platform", "stream", "optional"),
            [(name, s.name, s.optional) for name, source in sorted(sources.items()) for s in source.STREAMS],
        ),
        "forecast": (
            ("metric", "settled_days"),
            [(metric, settings.forecast.settled_days) for metric in settings.forecast.metrics],
        ),
        "holiday": (("day", "name"), _holidays(settings.country)),
        "network_alias": (("alias", "platform"), sorted(aliases.items())),
        "metric": registry.definition_rows(metrics),
        "metric_native": registry.native_rows(metrics),
        **_team_seeds(settings.team),
        **_conversion_seeds(project),
        **_experiment_seeds(project, night),
        "target": _targets(project),
        "target_segment": (
            ("dimension", "segment"),
            [(segment_dimension(segment), segment) for segment in settings.segments],
        ),
    }


def _holidays(country: str | None) -> list[tuple[date, str]]:
    """The public holidays of the country, over all years that histories and forecasts may reach."""
    if country is None:
        return []
    from holidays import country_holidays  # slow to import, seldom needed

    name, _, part = country.partition("-")
    return sorted(country_holidays(name, subdiv=part or None, years=_YEARS, language="en_US").items())


def _team_seeds(team: Team) -> dict[str, Rows]:
    """Who writes for the brand, and the minutes of a day at which work begins and ends, Monday being 1."""
    weekdays = [number for number, name in enumerate(WEEKDAYS, start=1) if name in team.business_days]
    return {
        "team_author": (("platform", "account", "author", "member"), list(authors_of(team))),
        "business_hours": (
            ("weekday", "opens", "closes", "time_zone"),
            [(weekday, *hours, team.time_zone) for weekday in weekdays for hours in team.business_hours],
        ),
    }


def fingerprint(tables: Mapping[str, Rows]) -> str:
    """Changes when any seed changes: then every model is built anew."""
    text = json.dumps(tables, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _platforms(sources: Mapping[str, Source]) -> Iterator[tuple[object, ...]]:
    for name, source in sorted(sources.items()):
        yield name, source.KIND, source.RESTATEMENT_DAYS, source.TIME_ZONE


def cost_seeds(project: Project) -> dict[str, Rows]:
    """The costs that people noted, which change without the settings: what moves with them is their days."""
    settings = project.settings
    noted: list[costs.Cost] = []
    faults: list[costs.Fault] = []
    if settings.costs:
        platforms = {*NETWORKS, *(campaign.platform for campaign in settings.campaigns)}
        noted, faults = costs.read(settings.costs, settings.reporting_currency, platforms)
    return {
        "cost": (
            ("line", "day", "platform", "campaign", "amount", "currency", "label"),
            [(c.line, c.day, c.platform, c.campaign, c.amount, c.currency, c.label) for c in noted],
        ),
        "cost_fault": (("line", "message"), [(fault.line, fault.message) for fault in faults]),
    }


def _conversion_seeds(project: Project) -> dict[str, Rows]:
    settings = project.settings
    shops = {a.site for a in settings.accounts if project.source_of(a).KIND == "shop"}
    conversions = settings.conversions
    organic = conversions.organic_cost_per_day
    return {
        "site": (
            ("site", "time_zone", "has_shop", "analytics", "analytics_account"),
            [(site.name, site.time_zone, site.name in shops, *_analytics(project, site)) for site in settings.sites],
        ),
        "action_source": (
            ("site", "action", "platform"),
            [(site.name, *chosen) for site in settings.sites for chosen in sorted(_counting(project, site).items())],
        ),
        "goal": (
            ("site", "goal_id", "action"),
            [(site.name, goal, action) for site in settings.sites for goal, action in sorted(site.goals.items())],
        ),
        "action_value": (("action", "value"), sorted(conversions.values.items())),
        "campaign": (
            ("campaign", "utm_campaign", "platform", "start", "end", "daily_cost"),
            [(c.name, c.utm_campaign, c.platform, c.start, c.end, c.daily_cost) for c in settings.campaigns],
        ),
        "campaign_ad": (
            ("utm_campaign", "platform", "ad_campaign"),
            [(c.utm_campaign, platform, campaign) for c in settings.campaigns for platform, campaign in c.ads],
        ),
        "organic_cost": (("value",), [] if organic is None else [(organic,)]),
    }


def _analytics(project: Project, site: Site) -> tuple[str | None, str | None]:
    chosen = analytics_of(site, project.settings.accounts, project.sources)
    return (chosen.platform, chosen.id) if chosen else (None, None)


def _counting(project: Project, site: Site) -> Mapping[str, str]:
    """By action the platform that counts it; a mapped goal wins where nothing was chosen."""
    analytics, _ = _analytics(project, site)
    # Sales have a rule of their own: the shop's, else those of the analytics.
    mapped = {action: analytics for action in site.goals.values() if analytics and action != "sale"}
    return {**mapped, **site.counted_by}


def _targets(project: Project) -> Rows:
    """The goals, and how each is counted."""
    settings = project.settings
    columns = (
        *("metric", "kind", "place", "counted", "divided_by", "platform", "account", "site", "comparison", "target"),
        *("period", "start", "end", "can_fall", "is_money"),
    )
    settled = settings.forecast.settled_days
    rows = [(each.name, *(getattr(each, name) for name in columns), settled) for each in settings.goals]
    return ("goal", *columns, "settled_days"), rows


def _experiment_seeds(project: Project, night: date) -> dict[str, Rows]:
    """What was settled of each experiment, and what each of its arms spends on."""
    settings = project.settings
    seen = declarations.first_seen(settings, night)
    money = {one.name: (one.budget, one.floor) for one in settings.experiments}
    rows, arms = [], []
    for one in declarations.declared(settings):
        first = seen[one.name, one.action]
        days, terms = (one.start, one.planned_end, one.ended), (one.minimum_visits, one.alpha, one.split)
        rows.append((one.name, one.action, *days, *terms, *money[one.name], first.fingerprint, first.night))
    for each in settings.experiments:
        shares = each.shares or (1,) * len(each.arms)
        for position, ((arm, parts), share) in enumerate(zip(each.arms.items(), shares, strict=True), start=1):
            arms += [(each.name, position, arm, share, platform, campaign) for platform, campaign in parts]
    return {
        "experiment": (
            (
                *("experiment", "action", "start", "planned_end", "ended", "minimum_visits", "alpha", "split"),
                *("budget", "floor", "first_fingerprint", "declared_on"),
            ),
            rows,
        ),
        "experiment_arm": (("experiment", "position", "arm", "share", "platform", "campaign"), arms),
    }
