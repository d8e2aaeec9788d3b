"""The tables that the warehouse owns: raw, ops, quality, seed and past. Models make all others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.errors import WarehouseError
from pipeline.warehouse import state
from pipeline.warehouse.names import OWN_COLUMNS, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Source

Columns = Mapping[str, str]

_LEDGER = {
    "platform": "VARCHAR",
    "account": "VARCHAR",
    "night": "DATE",
    "run_id": "VARCHAR",
    "manifest_sha256": "VARCHAR",
    "window_since": "DATE",
    "window_until": "DATE",
    "observed_at": "TIMESTAMP",
    "records": "BIGINT",
    "loaded": "BIGINT",
    "unchanged": "BIGINT",
    "duplicates": "BIGINT",
    "quarantined": "BIGINT",
    "state": "VARCHAR",
    # The last content of this night that gate 1 let pass: what set_aside goes back to.
    "accepted_sha256": "VARCHAR",
    # The commit since which the row stands; NULL: since before anybody wrote that down.
    "known_since": "BIGINT",
}
OPS: Mapping[str, Columns] = {
    "ops.meta": {"key": "VARCHAR", "value": "VARCHAR"},
    "ops.ledger": _LEDGER,
    "ops.stream_night": {
        "platform": "VARCHAR",
        "account": "VARCHAR",
        "night": "DATE",
        "stream": "VARCHAR",
        "delivered": "BOOLEAN",
        "rows": "BIGINT",
        "announced": "BIGINT",
        "verified": "VARCHAR",
        "reason": "VARCHAR",
        "observed_at": "TIMESTAMP",
        "newest_day": "DATE",
        "known_since": "BIGINT",
    },
    # what people did about what stands in quarantine; lines are only added
    "ops.quarantine_act": {
        "id": "VARCHAR",
        "act": "VARCHAR",
        "acted_at": "TIMESTAMP",
        "person": "VARCHAR",
        "reason": "VARCHAR",
        "platform": "VARCHAR",
        "account": "VARCHAR",
        "night": "DATE",
        "stream": "VARCHAR",
        "rows": "BIGINT",
        "outcome": "VARCHAR",
    },
    "ops.touched": {
        "platform": "VARCHAR",
        "account": "VARCHAR",
        "stream": "VARCHAR",
        "day": "DATE",
        # NULL where an older version wrote it
        "night": "DATE",
    },
}
QUALITY: Mapping[str, Columns] = {
    "quality.run": {
        "night": "DATE",
        "step": "VARCHAR",
        "state": "VARCHAR",
        "rows": "BIGINT",
        "seconds": "DOUBLE",
        "error": "VARCHAR",
        "started_at": "TIMESTAMP",
    },
    "quality.result": {
        "night": "DATE",
        "gate": "BIGINT",
        "suite": "VARCHAR",
        "expectation": "VARCHAR",
        "table": "VARCHAR",
        "column": "VARCHAR",
        "severity": "VARCHAR",
        "success": "BOOLEAN",
        "observed": "VARCHAR",
        "unexpected_count": "BIGINT",
        "sample_keys": "VARCHAR",
        "run_id": "VARCHAR",
    },
    "quality.note": {
        "night": "DATE",
        "kind": "VARCHAR",
        "platform": "VARCHAR",
        "account": "VARCHAR",
        "message": "VARCHAR",
        # Which step says so: its notes of a night are replaced together.
        "step": "VARCHAR",
    },
    "quality.quarantine": {
        "night": "DATE",
        "platform": "VARCHAR",
        "account": "VARCHAR",
        "stream": "VARCHAR",
        "reason": "VARCHAR",
        "record_hash": "VARCHAR",
        "landing_file": "VARCHAR",
        "line": "BIGINT",
        "rows": "BIGINT",
    },
}
SEED: Mapping[str, Columns] = {
    "seed.brand": {
        "brand": "VARCHAR",
        "reporting_currency": "VARCHAR",
        "time_zone": "VARCHAR",
        "growth_base": "DATE",
        "complete_share": "DOUBLE",
        "cost_of_goods": "DECIMAL(9,6)",
    },
    "seed.account": {
        "platform": "VARCHAR",
        "account": "VARCHAR",
        "name": "VARCHAR",
        "time_zone": "VARCHAR",
        "site": "VARCHAR",
        "receives_visits": "BOOLEAN",
    },
    "seed.platform": {
        "platform": "VARCHAR",
        "kind": "VARCHAR",
        "restatement_days": "INTEGER",
        "default_time_zone": "VARCHAR",
    },
    "seed.stream": {"platform": "VARCHAR", "stream": "VARCHAR", "optional": "BOOLEAN"},
    "seed.site": {
        "site": "VARCHAR",
        "time_zone": "VARCHAR",
        "has_shop": "BOOLEAN",
        "analytics": "VARCHAR",
        "analytics_account": "VARCHAR",
    },
    "seed.action_source": {"site": "VARCHAR", "action": "VARCHAR", "platform": "VARCHAR"},
    "seed.goal": {"site": "VARCHAR", "goal_id": "VARCHAR", "action": "VARCHAR"},
    "seed.action_value": {"action": "VARCHAR", "value": "DECIMAL(18,4)"},
    "seed.campaign": {
        "campaign": "VARCHAR",
        "utm_campaign": "VARCHAR",
        "platform": "VARCHAR",
        "start": "DATE",
        "end": "DATE",
        "daily_cost": "DECIMAL(18,4)",
    },
    "seed.campaign_ad": {"utm_campaign": "VARCHAR", "platform": "VARCHAR", "ad_campaign": "VARCHAR"},
    "seed.organic_cost": {"value": "DECIMAL(18,4)"},
    "seed.cost": {
        "line": "BIGINT",
        "day": "DATE",
        "platform": "VARCHAR",
        "campaign": "VARCHAR",
        "amount": "DECIMAL(18,4)",
        "currency": "VARCHAR",
        "label": "VARCHAR",
    },
    "seed.cost_fault": {"line": "BIGINT", "message": "VARCHAR"},
    "seed.experiment": {
        "experiment": "VARCHAR",
        "action": "VARCHAR",
        "start": "DATE",
        "planned_end": "DATE",
        "ended": "DATE",
        "minimum_visits": "BIGINT",
        "alpha": "DOUBLE",
        "split": "VARCHAR",
        "budget": "DECIMAL(18,4)",
        "floor": "DOUBLE",
        "first_fingerprint": "VARCHAR",
        "declared_on": "DATE",
    },
    "seed.experiment_arm": {
        "experiment": "VARCHAR",
        "position": "BIGINT",
        "arm": "VARCHAR",
        "share": "DOUBLE",
        "platform": "VARCHAR",
        "campaign": "VARCHAR",
    },
    "seed.metric": {
        "name": "VARCHAR",
        "label_en": "VARCHAR",
        "label_fr": "VARCHAR",
        "description": "VARCHAR",
        "description_fr": "VARCHAR",
        "unit": "VARCHAR",
        "numerator": "VARCHAR",
        "denominator": "VARCHAR",
        "additivity": "VARCHAR",
        "window_days": "INTEGER",
    },
    "seed.metric_native": {
        "name": "VARCHAR",
        "platform": "VARCHAR",
        "native_name": "VARCHAR",
        "valid_from": "DATE",
        "valid_to": "DATE",
        "documentation": "VARCHAR",
    },
    "seed.forecast": {"metric": "VARCHAR", "settled_days": "INTEGER"},
    # An account whose id the platform changed: its history is that of the one that continues it.
    "seed.continued": {"platform": "VARCHAR", "account": "VARCHAR", "continued_by": "VARCHAR"},
    "seed.target": {
        "goal": "VARCHAR",
        "metric": "VARCHAR",
        "kind": "VARCHAR",
        "place": "VARCHAR",
        "counted": "VARCHAR",
        "divided_by": "VARCHAR",
        "platform": "VARCHAR",
        "account": "VARCHAR",
        "site": "VARCHAR",
        "comparison": "VARCHAR",
        "target": "DECIMAL(24,6)",
        "period": "VARCHAR",
        "start": "DATE",
        "end": "DATE",
        "can_fall": "BOOLEAN",
        "is_money": "BOOLEAN",
        "settled_days": "INTEGER",
    },
    # The segments that the brand aims at, and the trait of which each is a part.
    "seed.target_segment": {"dimension": "VARCHAR", "segment": "VARCHAR"},
    "seed.holiday": {"day": "DATE", "name": "VARCHAR"},
    "seed.team_author": {"platform": "VARCHAR", "account": "VARCHAR", "author": "VARCHAR", "member": "VARCHAR"},
    "seed.business_hours": {"weekday": "INTEGER", "opens": "INTEGER", "closes": "INTEGER", "time_zone": "VARCHAR"},
    "seed.network_alias": {"alias": "VARCHAR", "platform": "VARCHAR"},
}


def past_of(table: str) -> str:
    """Where the past of one of quality's tables is kept."""
    return f"past.{table.replace('.', '_')}"


# What stood in these tables before: see ``past.py``. A version of a seed is all of its rows of that commit.
_KNOWN: Columns = {"known_since": "BIGINT", "known_until": "BIGINT"}
PAST: Mapping[str, Columns] = {
    **{f"past.{name}": {**OPS[f"ops.{name}"], "known_until": "BIGINT"} for name in ("ledger", "stream_night")},
    **{f"past.{name.partition('.')[2]}": {"known_since": "BIGINT", **columns} for name, columns in SEED.items()},
    **{
        past_of(name): {**columns, "copies": "BIGINT", "mark": "UBIGINT", **_KNOWN} for name, columns in QUALITY.items()
    },
    "past.version": {"seed": "VARCHAR", "known_since": "BIGINT"},
    "past.build": {
        "number": "BIGINT",
        "night": "DATE",
        "newest_night": "DATE",
        "models": "VARCHAR",
        "code_version": "VARCHAR",
        "built_at": "TIMESTAMP",
    },
    "past.publication": {
        "generation": "VARCHAR",
        "night": "DATE",
        "published_at": "TIMESTAMP",
        "build": "BIGINT",
        # The version of DuckDB, by whose checksums the content is told.
        "engine": "VARCHAR",
        # Its commit: what quality said then.
        "number": "BIGINT",
    },
    "past.content": {"generation": "VARCHAR", "relation": "VARCHAR", "rows": "BIGINT", "checksum": "VARCHAR"},
}


# Where tables are that no model makes.
_STORED = ("raw", "ops", "quality", "seed", "past")


def ensure_tables(con: DuckDBPyConnection, sources: Mapping[str, Source]) -> None:
    """Make what is missing: schemas, tables, and columns that a stream gained. Idempotent.

    Raises WarehouseError when a stream's column has another type than the table has.
    """
    found = types_of(con, _STORED)
    statements = list(_missing(found, {**OPS, **QUALITY, **SEED, **PAST, **raw(sources)}))
    if not statements:
        return
    if "ops.meta" in found:
        with state.transaction(con):
            con.execute(";".join(statements))
        return
    con.execute("begin; create schema if not exists ops; create table ops.meta (key VARCHAR, value VARCHAR)")
    state.start(con)
    con.execute("commit")
    ensure_tables(con, sources)


def raw(sources: Mapping[str, Source]) -> dict[str, Columns]:
    tables: dict[str, Columns] = {}
    for platform, source in sources.items():
        for stream in source.STREAMS:
            if taken := OWN_COLUMNS.keys() & stream.columns.keys():
                raise WarehouseError(f"{platform}.{stream.name}: the column {min(taken)} is the warehouse's own")
            tables[f"raw.{platform}_{stream.name}"] = {**OWN_COLUMNS, **stream.columns}
    return tables


def types_of(con: DuckDBPyConnection, schemas: Collection[str] | None = None) -> dict[str, dict[str, str]]:
    """Every relation of the database, or of these schemas of it → its columns with their types, in their order."""
    found: dict[str, dict[str, str]] = {}
    rows = con.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
        " where database_name = current_database() and not internal and (? or list_contains(?::varchar[], schema_name))"
        " order by table_oid, column_index",
        [schemas is None, list(schemas or ())],
    ).fetchall()
    for relation, column, kind in rows:
        found.setdefault(relation, {})[column] = kind
    return found


def _missing(found: Mapping[str, Columns], wanted: Mapping[str, Columns]) -> Iterator[str]:
    for schema in sorted({table.partition(".")[0] for table in wanted.keys() - found.keys()}):
        yield f"create schema if not exists {schema}"
    for table, columns in wanted.items():
        schema, _, name = table.partition(".")
        place = f"{schema}.{quoted(name)}"
        if table not in found:
            yield f"create table {place} ({', '.join(f'{quoted(c)} {kind}' for c, kind in columns.items())})"
            continue
        for column, kind in columns.items():
            have = found[table].get(column)
            if have is None:
                yield f"alter table {place} add column {quoted(column)} {kind}"
            elif have != kind:
                raise WarehouseError(
                    f"{table}.{column} is {have} in the database and {kind} in the source; remove the database "
                    "to build it again from the landing with `vigie load`"
                )
