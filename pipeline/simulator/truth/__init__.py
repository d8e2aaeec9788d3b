"""The truth: the exact value of every cell of the KPI and conversion tables, from the world itself.

It shares no code and no SQL with the pipeline, so that the two can judge each other. It asks the world
what each platform would have answered in each night, keeps what a correct pipeline would know after
them, in order, and applies the definitions of the tables to that.

    world = World(seed=7, nights=90)
    table = truth(world, "kpi.account_daily")
    table.columns, table.types, table.rows
    export(world, "kpi.post", "parquet", Path("post.parquet"))
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pipeline.simulator.truth import attribution, restatements, team
from pipeline.simulator.truth import export as files
from pipeline.simulator.truth.goals import FORETOLD
from pipeline.simulator.truth.judge import TABLES, Judge, demo_terms
from pipeline.simulator.truth.post_groups import UNTOLD
from pipeline.simulator.truth.table import Table
from pipeline.simulator.truth.targets import SENTENCES
from pipeline.simulator.truth.terms import AccountTerms, CampaignTerms, GoalTerms, NotedCost, Terms
from pipeline.simulator.world import World

__all__ = [
    "AccountTerms",
    "CampaignTerms",
    "GoalTerms",
    "Judge",
    "NotedCost",
    "Table",
    "Terms",
    "demo_terms",
    "export",
    "tables",
    "told_columns",
    "told_rows",
    "truth",
]

_TOLD_ROWS = {
    "conversion.attribution": attribution.TOLD_ROWS,
    "kpi.restatement": restatements.TOLD_ROWS,
    "kpi.team_daily": team.TOLD_ROWS,
}
_UNTOLD = {"kpi.posting_time": UNTOLD, "kpi.content_type": UNTOLD, "kpi.goal": FORETOLD, "kpi.target_reach": SENTENCES}


def tables() -> tuple[str, ...]:
    """The names of all tables that the truth tells."""
    return tuple(TABLES)


def told_rows(table: str) -> str:
    """The SQL condition of those rows of the published table that the truth tells; ``true`` for all."""
    return _TOLD_ROWS.get(table, "true")


def told_columns(table: str) -> str:
    """The SQL select list of those columns of the published table that the truth tells; ``*`` for all."""
    untold = _UNTOLD.get(table)
    return f"* exclude ({', '.join(untold)})" if untold else "*"


def truth(
    world: World,
    table: str,
    *,
    nights: Sequence[date] | None = None,
    missed: Collection[tuple[str, str, date]] | None = None,
    settings: Terms | None = None,
) -> Table:
    """One table as it must be after ``nights`` were read in order (all of the world's by default).

    ``missed``: (platform, account, night) that failed for good; the world's outages by default.
    ``settings``: the demonstration's by default. KeyError names the tables that exist. For more than one
    table of the same nights make a ``Judge``, which works everything out once.
    """
    return Judge(world, nights=nights, missed=missed, settings=settings).table(table)


def export(world: World, table: str, format_: Literal["parquet", "csv"], out: Path) -> Path:
    """Write one table of the whole world to ``out``. KeyError or ValueError as ``truth`` and the format say."""
    return files.write(truth(world, table), format_, out)
