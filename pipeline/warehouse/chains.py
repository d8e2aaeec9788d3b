"""The raw rows of a night of then: those of the warehouse where nothing earlier changed since, else read again.

Raw rows follow from which run of each night of an account counts, in the order of the nights. Where that
is unchanged up to an account's last night of then, its rows of then are the warehouse's rows up to it.
"""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.errors import LandingError, WarehouseError
from pipeline.warehouse.loading import load
from pipeline.warehouse.names import raw_table, text
from pipeline.warehouse.nights import Files
from pipeline.warehouse.state import transaction
from pipeline.warehouse.tables import ensure_tables
from pipeline.warehouse.units import Runs

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest, Source


def changed_chains(con: DuckDBPyConnection) -> dict[tuple[str, str], date]:
    """Accounts of which another run of some night up to their last one counts now → the first such night.

    The raw rows of all other accounts are those of the warehouse up to their last night of then.
    """
    con.execute(
        """
        create table ops.reach as
        select platform, account, max(night) as night, sum(hash(night, manifest_sha256)) as mark
        from ops.ledger where state <> 'quarantined' group by platform, account
        """
    )
    accounts = con.execute(
        """
        with now as (
            select ledger.platform, ledger.account, sum(hash(ledger.night, ledger.manifest_sha256)) as mark
            from warehouse.ops.ledger as ledger
            inner join ops.reach as reach using (platform, account)
            where ledger.night <= reach.night and ledger.state <> 'quarantined'
            group by ledger.platform, ledger.account
        )
        select reach.platform, reach.account
        from ops.reach as reach left join now using (platform, account)
        where now.mark is distinct from reach.mark
        """
    ).fetchall()
    return {(platform, account): _first_change(con, platform, account) for platform, account in accounts}


def _first_change(con: DuckDBPyConnection, platform: str, account: str) -> date:
    here = "platform = $platform and account = $account and state <> 'quarantined'"
    row = con.execute(
        f"""
        select min(coalesce(was.night, now.night))
        from (select night, manifest_sha256 from ops.ledger where {here}) as was
        full join (select night, manifest_sha256 from warehouse.ops.ledger where {here}) as now using (night)
        where was.manifest_sha256 is distinct from now.manifest_sha256
        """,
        {"platform": platform, "account": account},
    ).fetchone()
    if row is None or row[0] is None:
        raise WarehouseError(f"{platform} {account}: what is known of its nights contradicts itself")
    return row[0]  # type: ignore[no-any-return]


def read_again(
    con: DuckDBPyConnection,
    chains: Mapping[tuple[str, str], date],
    sources: Mapping[str, Source],
    files: Files,
    runs: Runs,
) -> None:
    """The nights from the first change on, from the very runs that counted then, into the database ``again``."""
    con.execute("use again")
    # Also for a stream or a column that the warehouse has not met yet.
    ensure_tables(con, sources)
    manifests: list[Manifest] = []
    with transaction(con):
        for (platform, account), first in chains.items():
            for stream in sources[platform].STREAMS:
                table = raw_table(platform, stream.name)
                con.execute(
                    f"insert into {table} by name select * from warehouse.{table} where _account = ? and _night < ?",
                    [account, first],
                )
            con.execute(
                "insert into ops.ledger by name select * from as_known.ops.ledger"
                " where platform = ? and account = ? and night < ?",
                [platform, account, first],
            )
            manifests += _runs_then(con, platform, account, first, runs)
    newest = max((manifest.unit.night for manifest in manifests), default=date.min)
    for one in load(con, manifests, sources, night=newest, files=files, runs=runs):
        if one.error is not None:
            raise one.error
    con.execute("use as_known")


def _runs_then(con: DuckDBPyConnection, platform: str, account: str, first: date, runs: Runs) -> Iterator[Manifest]:
    wanted = con.execute(
        "select night, manifest_sha256, run_id from as_known.ops.ledger where platform = ? and account = ?"
        " and night >= ? and state <> 'quarantined' order by night",
        [platform, account, first],
    ).fetchall()
    for night, sha256, run_id in wanted:
        # A run after it that said the same was never loaded.
        found = [run for run in runs(platform, account, night) if (run.sha256, run.run_id) == (sha256, run_id)]
        if not found:
            raise LandingError(
                f"{platform} {account} {night}: the landing no longer has the run that was loaded then ({run_id}); "
                "what was known that night cannot be built without it"
            )
        yield found[0]


def raw_views(con: DuckDBPyConnection, platform: str, source: Source, again: Sequence[str]) -> None:
    """The platform's raw tables, as views: what the warehouse has of then, and what was read again."""
    where = _seen_sql(con, platform, again)
    for stream in source.STREAMS:
        table = raw_table(platform, stream.name)
        there = _columns(con, "warehouse", platform, stream.name)
        parts = [f"select observed.* from warehouse.{table} as observed {where}"] if there else []
        if again or there != _columns(con, "again", platform, stream.name):
            parts.append(f"select * from again.{table}")
        con.execute(f"create view {table} as {' union all by name '.join(parts)}")


def _columns(con: DuckDBPyConnection, database: str, platform: str, stream: str) -> set[str]:
    rows = con.execute(
        "select column_name from duckdb_columns() where database_name = ? and schema_name = 'raw' and table_name = ?",
        [database, f"{platform}_{stream}"],
    ).fetchall()
    return {name for (name,) in rows}


def _seen_sql(con: DuckDBPyConnection, platform: str, again: Sequence[str]) -> str:
    """Which rows of the platform were there: up to one night where that is true of every account, else of each."""
    bounds = con.execute(
        """
        select max(reach.night), count(*) filter (where ledger.night is not null)
        from (select *, max(night) over () as last from ops.reach where platform = $platform) as reach
        left join warehouse.ops.ledger as ledger
            on reach.platform = ledger.platform and reach.account = ledger.account
            and ledger.night > reach.night and ledger.night <= reach.last
        """,
        {"platform": platform},
    ).fetchone()
    strangers = con.execute(
        "select count(*) from warehouse.ops.ledger as now anti join ops.reach as reach using (platform, account)"
        " where now.platform = $platform and now.night <= $last",
        {"platform": platform, "last": bounds[0] if bounds else None},
    ).fetchone()
    last = bounds[0] if bounds else None
    where = f"where observed._night <= date '{last}'"
    if again or (bounds and bounds[1]) or (strangers and strangers[0]):
        others = f" and reach.account not in ({', '.join(map(text, again))})" if again else ""
        return (
            f"inner join as_known.ops.reach as reach on reach.platform = {text(platform)}"
            f" and observed._account = reach.account and observed._night <= reach.night{others} {where}"
        )
    return where
