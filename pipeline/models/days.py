"""How far back a night moves each table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from pipeline.models.model import WHOLE, Model

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Older than anything: rebuilding from here is building in full.
FIRST_DAY: Final = date(1900, 1, 1)


# What nights leave behind besides records: tables that read it move with every night.
NIGHTS: Final = frozenset({"ops.ledger", "ops.stream_night"})


def rebuild_days(
    models: Sequence[Model],
    touched: Mapping[str, date],
    floor: date | None,
    full: bool,
    behind: Collection[str] = (),
) -> dict[str, date | None]:
    """From which day each table must be built: FIRST_DAY for all of it, None for nothing to do.

    ``behind``: tables that were left out of builds before this one.
    ``models`` in build order. ``touched`` gives the earliest day that changed in each given relation
    (``raw.facebook_posts``); ``floor`` is the earliest day that moved because nights came, went or were
    judged, which shows in no record. A table moves from the earliest day of all that it reads, directly
    or through others, minus the days that its rows look ahead.
    """
    moved: dict[str, date | None] = dict(touched)
    if floor is not None:
        moved |= {name: min(floor, touched.get(name, floor)) for name in NIGHTS}
    days: dict[str, date | None] = {}
    for model in models:
        day = min((day for name in model.depends_on if (day := moved.get(name))), default=None)
        if day is not None and day > FIRST_DAY:
            day -= timedelta(days=model.days_before)
            day = day.replace(day=1) if model.whole_months else day
        moved[model.relation] = day
        if model.kind == "table":
            anew = full or model.relation in behind or (day is not None and model.rebuild == WHOLE)
            days[model.relation] = FIRST_DAY if anew else day
    return days


_MOVED_NIGHTS: Final = """
    with now as (
        select platform, account, night, window_since, observed_at from ops.ledger where state = 'passed'
    ),
    changed as (
        select
            coalesce(now.platform, before.platform) as platform,
            coalesce(now.account, before.account) as account,
            -- all that the night looked at: 0 posts on a day is known from the looks at it
            least(now.window_since, before.window_since) as day
        from now
        full join core.night as before
            on now.platform = before.platform and now.account = before.account and now.night = before.night
        where (now.window_since, now.observed_at) is distinct from (before.window_since, before.observed_at)
    ),
    newest_now as (select platform, account, max(night) as night from now group by all),
    newest_before as (select platform, account, max(night) as night from core.night group by all)
    -- days become final as the newest night moves; an account that had no night before moves everything
    select min(
        case
            when newest_now.night is null or newest_before.night is null then date '1900-01-01'
            else least(
                changed.day,
                least(newest_now.night, newest_before.night) - platforms.restatement_days
            )
        end
    )
    from changed
    left join newest_now using (platform, account)
    left join newest_before using (platform, account)
    left join seed.platform as platforms using (platform)
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


def floor(con: DuckDBPyConnection) -> date | None:
    """The earliest day that moved because of nights alone; None when no night came, went or changed.

    Compares the ledger and what each stream delivered with what the last build saw of them.
    """
    built = con.execute(
        "select count(*) from duckdb_tables() "
        "where (schema_name, table_name) in (('core', 'night'), ('kpi', 'coverage_daily'))"
    ).fetchone()
    if built is None or built[0] < 2:
        return FIRST_DAY
    found = [con.execute(sql).fetchone() for sql in (_MOVED_NIGHTS, _MOVED_COVERAGE)]
    return min((row[0] for row in found if row and row[0] is not None), default=None)
