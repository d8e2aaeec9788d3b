"""The warehouse: the only part of Vigie that opens DuckDB. One file, one writer, one lock.

::

    opening     lock, room on disk, version, settings; the writing and the reading connection
    state       every change is one transaction that counts itself; lost commits are noticed
    tables      raw, ops, quality and seed tables
    loading     landed units → raw tables
    units       which units share a transaction; each with its row in the ledger
    nights      one unit-night: read it, forget it, write down what became of it
    reading     files → typed, judged rows
    storing     a stream's rows into its raw table, every record accounted for
    comparing   only what differs from the last observation; what vanished
    past        what stood in ledger, coverage and seeds when the models were built
    moments     which build or publication a night means
    chains      the raw rows of then
    as_known    a database beside, in which everything stands as it did then
    quarantine_acts    what stands in quarantine, and what people did about it
    publishing_marks   what moved since readers were given it
    empty       a warehouse without a row, in memory
    scratch     a database in memory for one piece of work
    tracing     from which rows a value comes
    standing    where things stand, for the steps and for people
"""

from __future__ import annotations

from pipeline.warehouse.as_known import open_beside, stand
from pipeline.warehouse.empty import columns_of, empty, given_columns
from pipeline.warehouse.journal import notes_before, record_notes, record_results, record_step
from pipeline.warehouse.ledger import UnitNight, accept
from pipeline.warehouse.loading import drop, load, set_aside
from pipeline.warehouse.moments import Moment, first_and_newest, moment, published_content
from pipeline.warehouse.nights import Files
from pipeline.warehouse.opening import held_open, open_reader, open_warehouse
from pipeline.warehouse.past import remember_build, remember_publication
from pipeline.warehouse.publishing_marks import mark_moved, mark_published, moved_since_publication
from pipeline.warehouse.quarantine_acts import Acted, Entry, acts, quarantined, write_act
from pipeline.warehouse.scratch import Scratch
from pipeline.warehouse.seeds import get_meta, set_meta, write_costs, write_seeds
from pipeline.warehouse.standing import (
    failed_steps,
    findings,
    has_table,
    last_run,
    loaded_nights,
    newest_night,
    newest_night_of,
    newest_states,
    platforms,
    set_aside_units,
    successors,
    waiting,
)
from pipeline.warehouse.state import transaction
from pipeline.warehouse.stream_nights import record_stream_nights
from pipeline.warehouse.tables import ensure_tables, types_of
from pipeline.warehouse.touched import clear_touched, touched, touched_nights
from pipeline.warehouse.tracing import Row, Tracing, same, select
from pipeline.warehouse.units import Runs, UnitLoad

__all__ = [
    "Acted",
    "Entry",
    "Files",
    "Moment",
    "Row",
    "Runs",
    "Scratch",
    "Tracing",
    "UnitLoad",
    "UnitNight",
    "accept",
    "acts",
    "clear_touched",
    "columns_of",
    "drop",
    "empty",
    "ensure_tables",
    "failed_steps",
    "findings",
    "first_and_newest",
    "get_meta",
    "given_columns",
    "has_table",
    "held_open",
    "last_run",
    "load",
    "loaded_nights",
    "mark_moved",
    "mark_published",
    "moment",
    "moved_since_publication",
    "newest_night",
    "newest_night_of",
    "newest_states",
    "notes_before",
    "open_beside",
    "open_reader",
    "open_warehouse",
    "platforms",
    "published_content",
    "quarantined",
    "record_notes",
    "record_results",
    "record_step",
    "record_stream_nights",
    "remember_build",
    "remember_publication",
    "same",
    "select",
    "set_aside",
    "set_aside_units",
    "set_meta",
    "stand",
    "successors",
    "touched",
    "touched_nights",
    "transaction",
    "types_of",
    "waiting",
    "write_act",
    "write_costs",
    "write_seeds",
]
