"""Years of visits, orders and the ways to them in a warehouse, for the benchmarks of the conversion models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench.brand import NIGHT

THREE_YEARS, TWO_MONTHS = 1096, 61
SITES, PAGES, LABELS = 10, 20, 167
"""Over three years: 2,000,000 rows of visits a day, 1,000,000 single visits and 200,000 conversions."""


def nights(full: int, scale: float) -> int:
    """A scale that leaves no single site has fewer nights."""
    return max(10, round(full * min(1.0, scale * 2 * SITES)))


def fill(warehouse: str, count: int, scale: float) -> dict[str, Any]:
    """Everything seen in so many nights before the new one, and every model built on it."""
    from pipeline import models, sources
    from pipeline import warehouse as database

    last = NIGHT - timedelta(days=1)
    first = last - timedelta(days=count - 1)
    with opened(warehouse, sealed=False) as con:
        database.ensure_tables(con, {name: sources.module(name) for name in sources.names()})
    with opened(warehouse) as con:
        macros(con, scale)
        with database.transaction(con):
            database.write_seeds(con, _seeds(con, first))
        read(con, first, last)
        found = project_models()
        with database.transaction(con):
            models.build(con, found, models.rebuild_days(found, {}, None, full=True))
        rows = con.execute(
            "select (select count(*) from core.visit_day), (select count(*) from core.visit),"
            " (select count(*) from core.conversion), (select count(*) from core.touch),"
            " (select count(*) from core.conversion semi join core.touch using (site, source, account, native_id))"
        ).fetchall()[0]
    return dict(zip(("visit_rows", "single_visits", "conversions", "touches", "journeys"), rows, strict=True))


def opened(warehouse: str, *, sealed: bool = True) -> Any:
    """The warehouse as the steps open it."""
    from pipeline import warehouse as database
    from pipeline.settings import Storage

    return database.open_warehouse(Path(warehouse), Storage(), sealed=sealed, command="bench", night=None)


def macros(con: Any, scale: float) -> None:
    """What the nights say, as macros of this connection."""
    con.execute(f"set variable sites = {max(1, round(SITES * scale))}")
    con.execute(f"set variable pages = {max(1, round(PAGES * scale))}")
    con.execute(f"set variable labels = {max(8, round(LABELS * min(1.0, scale * SITES)))}")
    for file in ("history.sql", "conversions.sql"):
        con.execute((Path(__file__).parent / file).read_text(encoding="utf-8"))


def read(con: Any, first: date, last: date) -> dict[str, date]:
    """What these nights say goes into the raw tables and the ledger; by table the earliest day of it."""
    from pipeline import warehouse as database
    from tests.bench.history import made_streams, store

    moved: dict[str, date] = {}
    with database.transaction(con):
        for platform, stream in made_streams(con, _sources()):
            store(con, platform, stream, first, last)
            table = f"raw.{platform}_{stream.name}"
            moved[table] = con.execute(f"select min(_day) from {table} where _night >= date '{first}'").fetchall()[0][0]
        con.execute(_LEDGER, {"first": first, "last": last})
        con.execute(_STREAM_NIGHTS, {"first": first, "last": last})
    return moved


def project_models() -> Any:
    """The models as a brand with these platforms builds them."""
    from pipeline import models
    from pipeline.steps.project import resource_folder

    return models.of_platforms(models.read(resource_folder("sql")), _PLATFORMS)


def is_measured(relation: str) -> bool:
    """One of the conversion models."""
    return relation.startswith("conversion.") or relation in _CORE


_PLATFORMS = ("facebook", "matomo", "woocommerce")
_CORE = frozenset(
    f"core.{name}"
    for name in (
        *("visit_day", "visit_goal", "conversion", "sale_day", "cost_day"),
        *("visit", "journey", "touch", "post_reference", "post_visit_day"),
    )
)


def _sources() -> dict[str, Any]:
    from pipeline import sources

    return {name: sources.module(name) for name in _PLATFORMS}


def _seeds(con: Any, first: date) -> dict[str, Any]:
    accounts = con.execute(_ACCOUNTS).fetchall()
    sites = con.execute("select site from sites()").fetchall()
    campaigns = [
        (name, name, "facebook", start, end, 5)
        for start, end in _quarters(first)
        for nth in range(con.execute("select getvariable('labels')").fetchall()[0][0])
        for name in [_campaign(start, nth)]
    ]
    experiments = [
        (f"trial {start}", "sale", start, start + timedelta(days=27), 100, 0.05, "spend", 100, 0.1, "x", start)
        for start in (quarter + timedelta(days=11) for quarter, _ in _quarters(first))
        if first <= start <= NIGHT
    ]
    arms = [
        (one[0], 1 + nth, arm, 1, "facebook", _campaign(one[2], nth))
        for one in experiments
        for nth, arm in enumerate(("control", "other"))
    ]
    kinds = [(name, s.KIND, s.RESTATEMENT_DAYS, s.TIME_ZONE) for name, s in _sources().items()]
    streams = [(name, s.name, s.optional) for name, source in _sources().items() for s in source.STREAMS]
    times = ("start", "planned_end", "minimum_visits", "alpha", "split", "budget", "floor")
    return {
        "platform": (("platform", "kind", "restatement_days", "default_time_zone"), kinds),
        "stream": (("platform", "stream", "optional"), streams),
        "brand": (("brand", "reporting_currency", "time_zone"), [("Atelier Marin", "EUR", "UTC")]),
        "account": (("platform", "account", "name", "time_zone", "site", "receives_visits"), accounts),
        "site": (("site", "time_zone", "has_shop"), [(f"s{site}.example", "UTC", True) for (site,) in sites]),
        "goal": (("site", "goal_id", "action"), [(f"s{site}.example", "1", "quote_request") for (site,) in sites]),
        "action_value": (("action", "value"), [("quote_request", 15)]),
        "organic_cost": (("value",), [(0,)]),
        "network_alias": (("alias", "platform"), [("facebook", "facebook"), ("linkedin", "linkedin"), ("x", "x")]),
        "campaign": (("campaign", "utm_campaign", "platform", "start", "end", "daily_cost"), campaigns),
        "experiment": (("experiment", "action", *times, "first_fingerprint", "declared_on"), experiments),
        "experiment_arm": (("experiment", "position", "arm", "share", "platform", "campaign"), arms),
    }


def _quarters(first: date) -> Iterator[tuple[date, date]]:
    start = date(first.year, 1 + (first.month - 1) // 3 * 3, 1)
    while start <= NIGHT:
        following = date(start.year + start.month // 10, (start.month + 2) % 12 + 1, 1)
        yield start, following - timedelta(days=1)
        start = following


def _campaign(day: date, nth: int) -> str:
    return f"c-{day.year}q{1 + (day.month - 1) // 3}-{nth}"


_ACCOUNTS = """
    select 'facebook', account, account, 'UTC', 's1.example', account = '104001' from pages()
    union all select 'matomo', site, site, 'UTC', 's' || site || '.example', false from sites()
    union all select 'woocommerce', 'shop' || site, site, 'UTC', 's' || site || '.example', false from sites()
"""
_UNITS = """
    select platform, account, night, reach
    from (
        select 'facebook' as platform, account, 28 as reach from pages()
        union all select 'matomo', site, 3 from sites()
        union all select 'woocommerce', 'shop' || site, 3 from sites()
    ),
    (select unnest(generate_series($first::date, $last::date, interval 1 day))::date as night)
"""
_LEDGER = f"""
    insert into ops.ledger by name
    select platform, account, night, 'bench' as run_id, 'bench' as manifest_sha256, night - reach as window_since,
        night as window_until, night + 1 + interval 3 hours as observed_at, 0 as records, 0 as loaded,
        0 as unchanged, 0 as duplicates, 0 as quarantined, 'passed' as state, 'bench' as accepted_sha256
    from ({_UNITS})
"""
_STREAM_NIGHTS = f"""
    insert into ops.stream_night by name
    select platform, account, night, stream, true as delivered, 100 as rows, 'unverifiable' as verified,
        night + 1 + interval 3 hours as observed_at, night - 1 as newest_day
    from ({_UNITS}) join (
        values ('facebook', 'page'), ('facebook', 'page_insights'), ('facebook', 'posts'), ('matomo', 'visits'),
            ('matomo', 'referrer_types'), ('matomo', 'socials'), ('matomo', 'campaigns'), ('matomo', 'goals'),
            ('matomo', 'visit_log'), ('woocommerce', 'orders')
    ) as streams (platform, stream) using (platform)
"""
