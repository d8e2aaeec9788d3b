"""`vigie quality`: what the gates found over the weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.expectations import PANEL
from pipeline.cli.invocation import Invocation, Json

if TYPE_CHECKING:
    from pipeline.report.charts.weeks import Week
    from pipeline.steps import History

_SHOWN = 30


def register(app: typer.Typer) -> None:
    """Add the group to the root."""
    group = typer.Typer(no_args_is_help=True)
    group.command(epilog="Example: vigie quality history --table kpi.account_daily")(history)
    # A group of one command would take the command's name away.
    group.callback()(lambda: None)
    app.add_typer(
        group,
        name="quality",
        rich_help_panel=PANEL,
        help="See what the gates found over the weeks.",
        epilog="Example: vigie quality history",
    )


def history(
    ctx: typer.Context,
    table: Annotated[str | None, typer.Option("--table", "-t", help="Only this table.", show_default="all")] = None,
    weeks: Annotated[int, typer.Option("--weeks", help="How many weeks, the last included.", min=1, max=520)] = 26,
    json: Json = False,
) -> None:
    """Show per table and week what failed, and how long it took until it was mended."""
    from pipeline import steps

    invocation: Invocation = ctx.obj
    found = steps.quality_history(invocation.project(), weeks, table)
    if json:
        show.as_json(found)
        return
    if not found.episodes:
        typer.echo(f"Every expectation held in the {weeks} weeks up to {found.night}.")
        return
    _grid(found)
    rows = [
        (e.severity, e.table, e.expectation, e.since, e.mended or "not yet", e.days, len(e.nights))
        for e in found.episodes[:_SHOWN]
    ]
    columns = ("severity", "table", "expectation", "since", "mended", "days", "nights")
    show.table("What failed", columns, rows)
    if len(found.episodes) > _SHOWN:
        show.note(f"the newest {_SHOWN} of {len(found.episodes)}; all of them with --json")


def _grid(found: History) -> None:
    """A row a table, a sign a week: C critical, w a warning, · held or was not judged."""
    told: dict[str, dict[date, Week]] = {}
    for week in found.weeks:
        told.setdefault(week.name, {})[week.monday] = week
    title = f"Weeks from {found.mondays[0]} to {found.night}: C critical, w warning, · neither"
    rows = [(name, "".join(_sign(of, monday) for monday in found.mondays)) for name, of in sorted(told.items())]
    show.table(title, ("table", "week by week"), rows)


def _sign(of: Mapping[date, Week], monday: date) -> str:
    if monday not in of:
        return "·"
    return "C" if of[monday].critical else "w"
