"""``ops.stream_night``: which stream was expected of which unit-night, and what came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pipeline.warehouse import inserting
from pipeline.warehouse.ledger import UnitNight, instant
from pipeline.warehouse.past import retire, stamp
from pipeline.warehouse.state import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest, Source, Stream, Unit


class StreamNight(NamedTuple):
    """One row of ``ops.stream_night``. ``reason`` says why a stream was not delivered."""

    platform: str
    account: str
    night: date
    stream: str
    delivered: bool
    rows: int | None = None
    announced: int | None = None
    verified: str | None = None
    reason: str | None = None
    observed_at: datetime | None = None
    newest_day: date | None = None


def record_stream_nights(
    con: DuckDBPyConnection,
    night: date,
    units: Sequence[Unit],
    manifests: Sequence[Manifest],
    reasons: Mapping[tuple[str, str], str],
    sources: Mapping[str, Source],
) -> None:
    """Say of each planned unit that is not in the ledger that its streams are missing, and why.

    ``reasons`` by platform and account; loaded units told their part when they were loaded. An optional
    stream is missing only where another night of the account said something of it.
    """
    loaded = set(con.execute("select platform, account from ops.ledger where night = ?", [night]).fetchall())
    landed = {(m.unit.platform, m.unit.account) for m in manifests if m.unit.night == night}
    lacking = [unit for unit in units if (unit.platform, unit.account) not in loaded]
    if not lacking:
        return
    told = set(
        con.execute(
            "select distinct platform, account, stream from ops.stream_night where night < ?", [night]
        ).fetchall()
    )
    rows = []
    for unit in lacking:
        name = (unit.platform, unit.account)
        why = reasons.get(name, "it could not be loaded" if name in landed else "nothing landed")
        rows += [
            StreamNight(*name, night, stream.name, delivered=False, reason=why)
            for stream in sources[unit.platform].STREAMS
            if not stream.optional or (*name, stream.name) in told
        ]
    with transaction(con):
        for unit in lacking:
            forget(con, (unit.platform, unit.account, night))
        insert(con, rows)


def of_unit(manifest: Manifest, streams: Sequence[Stream], newest: Mapping[str, date | None]) -> Iterator[StreamNight]:
    """What a landed unit delivered, one row for each stream that was asked for.

    The source says nothing of an optional stream that this account's settings do not ask for.
    """
    unit = manifest.unit
    for stream in streams:
        landed = manifest.streams.get(stream.name)
        if landed is None and stream.optional:
            continue
        yield StreamNight(
            unit.platform,
            unit.account,
            unit.night,
            stream.name,
            landed is not None and landed.absent is None,
            landed.records if landed else None,
            landed.announced if landed else None,
            landed.verified if landed else None,
            landed.absent if landed else "the source did not give it",
            instant(manifest.observed_at),
            newest.get(stream.name),
        )


def known(con: DuckDBPyConnection, nights: Sequence[date]) -> set[UnitNight]:
    """The unit-nights that already have rows, from the earliest of ``nights`` on."""
    if not nights:
        return set()
    rows = con.execute(
        "select distinct platform, account, night from ops.stream_night where night >= ?", [min(nights)]
    ).fetchall()
    return {(platform, account, night) for platform, account, night in rows}


def forget(con: DuckDBPyConnection, unit: UnitNight) -> None:
    """Remove the rows of one unit-night."""
    retire(con, "ops.stream_night", "platform = ? and account = ? and night = ?", unit)


def insert(con: DuckDBPyConnection, rows: Sequence[StreamNight]) -> None:
    """Write rows, in the caller's transaction."""
    now = stamp(con)
    inserting.insert(con, "ops.stream_night", None, [(*row, now) for row in rows])
