"""How far back a night moves each table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from pipeline.models.continuing import Successors, with_nights
from pipeline.models.model import WHOLE, Model

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Older than anything: rebuilding from here is building in full.
FIRST_DAY: Final = date(1900, 1, 1)


# What nights leave behind besides records: tables that read it move with every night.
NIGHTS: Final = frozenset({"ops.ledger", "ops.stream_night"})
# The table that says which days are final: what reads it moves where days became so.
FINALITY: Final = "core.account"


@dataclass(frozen=True)
class Floor:
    """What moved because nights alone came, went or were judged, which shows in no record.

    ``looked``: the earliest day that somebody looked at who had not, or looked at otherwise. ``final``: the
    earliest day that became final, or is no longer.
    """

    looked: date
    final: date


def rebuild_days(
    models: Sequence[Model],
    touched: Mapping[str, date],
    floor: Floor | None,
    full: bool,
    behind: Collection[str] = (),
    nights: Mapping[str, date] | None = None,
) -> dict[str, date | None]:
    """From which day each table must be built: FIRST_DAY for all of it, None for nothing to do.

    ``behind``: tables that were left out of builds before this one. ``nights``: by raw table the earliest night
    with observations that came or went; where it is not told, it is known from ``touched``.
    ``models`` in build order. ``touched`` gives the earliest day that changed in each given relation
    (``raw.facebook_posts``). A table moves from the earliest day of all that it reads, directly or through
    others, minus the days that its rows look ahead.
    """
    given = dict(touched)
    if floor is not None:
        given |= {name: min(floor.looked, touched.get(name, floor.looked)) for name in NIGHTS}
    moved: dict[str, date | None] = dict(given)
    observed = {name: _first_night(day) for name, day in given.items()} | dict(nights or {})
    days: dict[str, date | None] = {}
    for model in models:
        day = min((day for name in model.depends_on if (day := moved.get(name))), default=None)
        if model.kind == "view" or model.as_observed:
            night = min((observed[name] for name in model.depends_on if name in observed), default=None)
            if night is not None:
                observed[model.relation] = night
            day = night if model.as_observed else day
        if floor is not None and model.relation == FINALITY:
            day = min(floor.final, day or floor.final)
        if day is not None and day > FIRST_DAY:
            day -= timedelta(days=model.days_before)
            day = day.replace(day=1) if model.whole_months else day
        moved[model.relation] = day
        if model.kind == "table":
            anew = full or model.relation in behind or (day is not None and model.rebuild == WHOLE)
            days[model.relation] = FIRST_DAY if anew else day
    return days


def _first_night(day: date) -> date:
    """Nothing is seen before the night of its day, which zones may shift."""
    return day if day <= FIRST_DAY else day - timedelta(days=2)


# Which nights differ is seen from one figure a night: years of them are not put side by side.
_FIRST_CHANGED: Final = """
    with now as (
        select night, sum(hash(platform, account, window_since, observed_at)) as mark
        from ops.ledger
        where state = 'passed'
        group by night
    ),
    before as (
        select night, sum(hash(platform, account, window_since, observed_at)) as mark
        from core.night
        group by night
    )
    select min(coalesce(now.night, before.night))
    from now
    full join before using (night)
    where now.mark is distinct from before.mark
"""
_MOVED_NIGHTS: Final = """
    with recent as (
        select
            *,
            lag(night) over nights as night_before,
            lag(window_since) over nights as window_before
        from ops.ledger
        -- where the night before is older still, all that a night looked at moves
        where state = 'passed' and night >= cast($first as date) - 7
        window nights as (partition by platform, account order by night)
    ),
    now as (select * from recent where night >= $first),
    before as (select * from core.night where night >= $first),
    changed as (
        select
            coalesce(now.platform, before.platform) as platform,
            coalesce(now.account, before.account) as account,
            now.night,
            now.night_before,
            before.night is null and now.window_since >= now.window_before as is_next,
            -- all that the night looked at: 0 posts on a day is known from the looks at it
            least(now.window_since, before.window_since) as day
        from now
        full join before
            on now.platform = before.platform and now.account = before.account and now.night = before.night
        where (now.window_since, now.observed_at) is distinct from (before.window_since, before.observed_at)
    ),
    newest_now as (
        select platform, account, max(night) as night from ops.ledger where state = 'passed' group by all
    ),
    newest_before as (select platform, account, max(night) as night from core.night group by all),
    delivered as (
        select streams.platform, streams.account, streams.night, streams.stream
        from ops.stream_night as streams
        where streams.delivered and streams.night >= (select min(night_before) from changed)
    ),
    wider as (
        -- what the night before it did not bring may tell of all the days that it looked back to
        select distinct changed.platform, changed.account, changed.night
        from changed
        inner join delivered using (platform, account, night)
        left join delivered as earlier
            on changed.platform = earlier.platform and changed.account = earlier.account
            and changed.night_before = earlier.night and delivered.stream = earlier.stream
        where earlier.stream is null
    )
    -- an account that had no night before moves everything
    select
        min(
            case
                when newest_now.night is null or newest_before.night is null then date '1900-01-01'
                -- the next night says nothing of days of which the one before said the same
                when changed.is_next and changed.night > newest_before.night and wider.night is null
                    then greatest(changed.day, changed.night_before)
                else changed.day
            end
        ) as looked,
        min(
            case
                when newest_now.night is null or newest_before.night is null then date '1900-01-01'
                else least(newest_now.night, newest_before.night) - platforms.restatement_days
            end
        ) as final
    from changed
    left join newest_now using (platform, account)
    left join newest_before using (platform, account)
    left join wider on changed.platform = wider.platform and changed.account = wider.account
        and changed.night = wider.night
    left join seed.platform as platforms on changed.platform = platforms.platform
"""
_MOVED_COVERAGE: Final = """
    with now as (
        select
            night,
            sum(hash(platform, account, stream, delivered, observed_at, reason)) as mark
        from ops.stream_night
        where rows is not null or reason is not null
        group by night
    ),
    before as (
        select
            day as night,
            sum(hash(platform, account, stream, delivered, observed_at, reason)) as mark
        from kpi.coverage_daily
        where rows is not null or reason is not null
        group by day
    )
    select min(coalesce(now.night, before.night))
    from now
    full join before using (night)
    where now.mark is distinct from before.mark
"""


def floor(con: DuckDBPyConnection, successors: Successors | None = None) -> Floor | None:
    """What moved because of nights alone; None when no night came, went or changed.

    Compares the ledger and what each stream delivered with what the last build saw of them; it called the
    accounts of ``successors`` by the ids that continue them.
    """
    built = con.execute(
        "select count(*) from duckdb_tables() "
        "where (schema_name, table_name) in (('core', 'night'), ('kpi', 'coverage_daily'))"
    ).fetchone()
    if built is None or built[0] < 2:
        return Floor(FIRST_DAY, FIRST_DAY)
    first = con.execute(with_nights(_FIRST_CHANGED, successors or {})).fetchall()[0][0]
    moved = with_nights(_MOVED_NIGHTS, successors or {})
    looked, final = con.execute(moved, {"first": first}).fetchall()[0] if first else (None, None)
    covered = con.execute(with_nights(_MOVED_COVERAGE, successors or {})).fetchall()[0][0]
    found = [day for day in (looked, covered) if day is not None]
    return Floor(min(found), min([*found, *([final] if final else [])])) if found else None
