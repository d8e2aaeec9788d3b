"""The tables of ``vigie.toml``, one function each, into the frozen settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from pipeline.settings import counting, rules
from pipeline.settings.accounts import Surroundings, accounts, read_secret
from pipeline.settings.alerts import alerts
from pipeline.settings.declared import Declared
from pipeline.settings.experiments import experiments
from pipeline.settings.findings import shown
from pipeline.settings.goals import Whose, goals
from pipeline.settings.lineage import lineage
from pipeline.settings.references import References
from pipeline.settings.shape import (
    FORECAST,
    Campaign,
    Conversions,
    Forecasting,
    Paths,
    Periods,
    Privacy,
    Schedule,
    Settings,
    Site,
    Storage,
)
from pipeline.settings.table import Table
from pipeline.settings.team import team

# A campaign may run on a network whose own numbers are not fetched yet.
NETWORKS = (
    "bluesky",
    "facebook",
    "google",
    "instagram",
    "linkedin",
    "mastodon",
    "newsletter",
    "tiktok",
    "wordpress",
    "x",
    "youtube",
)

_A_YEAR, _A_DAY = 366, 86_400
_SHORTEST_KEY = 16


def settings_of(root: Table, path: Path, sources: Mapping[str, Declared], references: References) -> Settings:
    """The settings that the root table of ``path`` holds; what is wrong goes to the table's findings."""
    brand_zone = root.text("time_zone", rules.zone)
    sites = tuple(_site(table, brand_zone) for table in root.tables("sites"))
    _refuse_repeated(root, "sites", "name")
    campaigns = tuple(_campaign(table, sources) for table in root.tables("campaigns"))
    for key in ("name", "utm_campaign"):
        _refuse_repeated(root, "campaigns", key)
    tried = experiments(root.tables("experiments"), campaigns, {*NETWORKS, *sources})
    paths, privacy = _paths(root.table("paths"), path.parent), _privacy(root.table("privacy"), references)
    known = accounts(
        root.table("sources"), sources, Surroundings(sites, brand_zone, references, paths.state, privacy.person_key)
    )
    currency = root.text("reporting_currency", rules.currency)
    settings = Settings(
        file=path,
        brand=root.text("brand"),
        reporting_currency=currency,
        time_zone=brand_zone,
        language=root.text("language", rules.language),
        accounts=known,
        sites=sites,
        campaigns=campaigns,
        segments=_segments(root.table("segments")),
        conversions=_conversions(root.table("conversions")),
        paths=paths,
        storage=_storage(root.table("storage"), path.parent),
        schedule=read_schedule(root.table("schedule")),
        alerts=alerts(root.table("alerts"), references),
        team=team(root.table("team"), brand_zone, sources, known),
        costs=_costs(root.table("costs"), path.parent),
        experiments=tried,
        goals=goals(root.tables("goals"), Whose(known, sites, {*NETWORKS, *sources}, currency)),
        forecast=_forecast(root.table("forecast")),
        privacy=privacy,
        lineage=lineage(root.table("lineage"), references),
        growth_base=root.day("growth_base"),
        country=root.optional_text("country", rules.country),
        periods=_periods(root.table("periods")),
        history_days=root.integer("history_days", Settings.history_days, 1, 2 * _A_YEAR),
        simulated=root.flag("simulated", Settings.simulated),
    )
    counting.check(root.tables("sites"), sites, settings.accounts, sources)
    root.done()
    return settings


def _site(table: Table, brand_zone: str) -> Site:
    goals = table.table("goals")
    site = Site(
        name=table.text("name"),
        time_zone=table.optional_text("time_zone", rules.zone) or brand_zone,
        goals={goal: goals.text(goal, rules.action) for goal in goals.values},
        analytics=table.optional_text("analytics"),
        counted_by=counting.counted_by(table),
    )
    table.done()
    return site


def _campaign(table: Table, sources: Mapping[str, Declared]) -> Campaign:
    platforms = {*NETWORKS, *sources}
    campaign = Campaign(
        name=table.text("name"),
        utm_campaign=table.text("utm_campaign"),
        platform=table.text("platform", rules.one_of("a known platform", platforms)),
        start=table.day("start"),
        end=table.day("end"),
        daily_cost=table.money("daily_cost"),
        ads=tuple(_advertised(table, sources)),
    )
    if campaign.start and campaign.end and campaign.start > campaign.end:
        table.fault("end", f"{campaign.end} is before the start, {campaign.start}")
    table.done()
    return campaign


def _advertised(table: Table, sources: Mapping[str, Declared]) -> Iterator[tuple[str, str]]:
    """What advertises the campaign: ``meta_ads:120210000000000001`` or ``google_ads:Winter coats``."""
    known = sorted(name for name, source in sources.items() if source.KIND == "ads")
    for text in table.texts("ads"):
        platform, _, campaign = text.partition(":")
        if platform not in known or not campaign.strip():
            table.fault("ads", f"{shown(text)} must be PLATFORM:CAMPAIGN with one of {', '.join(known)}")
        else:
            yield platform, campaign.strip()


def _refuse_repeated(root: Table, key: str, name: str) -> None:
    """Sites and campaigns are known by name; visits name a campaign without regard to capitals."""
    seen: set[str] = set()
    for table in root.tables(key):
        value = table.values.get(name)
        if isinstance(value, str) and value.casefold() in seen:
            table.fault(name, f"another of the [[{key}]] has the same {name}")
        elif isinstance(value, str):
            seen.add(value.casefold())


def _segments(table: Table) -> tuple[str, ...]:
    target = table.texts("target", rules.segment)
    table.done()
    return target


def _conversions(table: Table) -> Conversions:
    values = table.table("values")
    amounts = {name: values.money(name) for name in values.values}
    for name in amounts:
        complaint = rules.action(name)
        if complaint:
            values.fault(name, complaint)
    conversions = Conversions(
        values={name: amount for name, amount in amounts.items() if amount is not None},
        organic_cost_per_day=table.money("organic_cost_per_day"),
        cost_of_goods=table.optional_ratio("cost_of_goods"),
    )
    table.done()
    return conversions


def _forecast(table: Table) -> Forecasting:
    chosen = table.texts("metrics", rules.one_of("a metric that can be forecast", FORECAST))
    forecast = Forecasting(
        # An empty list is a choice too: nothing is forecast.
        metrics=chosen if table.has("metrics") else FORECAST,
        settled_days=table.integer("settled_days", Forecasting.settled_days, 0, 14),
    )
    table.done()
    return forecast


def _periods(table: Table) -> Periods:
    periods = Periods(table.ratio("complete", Periods.complete, Decimal(1)))
    table.done()
    return periods


def _costs(table: Table, folder: Path) -> Path | None:
    """The table of what no platform tells; it may be written later than the settings."""
    file = table.optional_text("file")
    table.done()
    return folder / file if file else None


def _paths(table: Table, folder: Path) -> Paths:
    landing = table.text("landing")
    paths = Paths(
        # An address of an object store stays as it is; a folder becomes absolute.
        landing=landing if "://" in landing else str(folder / landing),
        warehouse=folder / table.text("warehouse"),
        publication=folder / table.text("publication"),
        state=folder / (table.optional_text("state") or "var/state"),
    )
    table.done()
    _refuse_shared_folders(table, paths)
    return paths


def _privacy(table: Table, references: References) -> Privacy:
    key = read_secret(table, "person_key", references)
    if key is not None and len(key.reveal()) < _SHORTEST_KEY:
        table.fault("person_key", f"the secret must have at least {_SHORTEST_KEY} characters (not shown here)")
    table.done()
    return Privacy(key, table.has("person_key"))


def _refuse_shared_folders(table: Table, paths: Paths) -> None:
    """Each of the three clears up in its own folder, so none may lie in another."""
    places = {"warehouse": paths.warehouse, "publication": paths.publication, "state": paths.state}
    if "://" not in paths.landing:
        places["landing"] = Path(paths.landing)
    for name, place in places.items():
        for other, folder in places.items():
            both = table.has(name) and table.has(other) and name != other
            if both and (place == folder or folder in place.parents):
                table.fault(name, f"must not lie in the {other}, {shown(str(folder))}")


def _storage(table: Table, folder: Path) -> Storage:
    temporary = table.optional_text("temp_directory")
    storage = Storage(
        memory_limit=table.optional_text("memory_limit", rules.memory) or Storage.memory_limit,
        threads=table.optional_integer("threads", 1, 1024),
        temp_directory=folder / temporary if temporary else None,
        keep_generations=table.integer("keep_generations", Storage.keep_generations, 1, _A_YEAR),
    )
    table.done()
    return storage


def read_schedule(table: Table) -> Schedule:
    """The ``[schedule]`` table."""
    schedule = Schedule(
        cron=table.optional_text("cron", rules.cron) or Schedule.cron,
        start=table.day("start"),
        retries=table.integer("retries", Schedule.retries, 0, 20),
        retry_delay=table.integer("retry_delay", Schedule.retry_delay, 0, _A_DAY),
        fetch_timeout=table.integer("fetch_timeout", Schedule.fetch_timeout, 1, _A_DAY),
        night_timeout=table.integer("night_timeout", Schedule.night_timeout, 1, _A_DAY),
    )
    if schedule.night_timeout < schedule.fetch_timeout:
        table.fault("night_timeout", f"is shorter than fetch_timeout, {schedule.fetch_timeout} seconds")
    table.done()
    return schedule
