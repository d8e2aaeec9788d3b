"""`vigie import`: files that a person has, into the same tables as what is fetched every night."""

from __future__ import annotations

import typer

from pipeline.cli.archives import google_plus
from pipeline.cli.exports import csv

PANEL = "A night"


def register(app: typer.Typer) -> None:
    """Add the group to the root. Each kind of file is one command of it."""
    group = typer.Typer(no_args_is_help=True)
    group.command("google-plus", epilog="Example: vigie import google-plus takeout-20190310T120000Z-001.zip")(
        google_plus
    )
    group.command("csv", epilog="Example: vigie import csv metrics.xls --mapping linkedin --account 1035")(csv)
    app.add_typer(
        group,
        name="import",
        rich_help_panel=PANEL,
        help="Read files that a person has: archives of closed networks, exports.",
        epilog="Example: vigie import google-plus takeout-20190310T120000Z-001.zip --dry-run",
    )
