"""`vigie import google-plus`: the archive of a network that is no more."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import show
from pipeline.cli.imported import DryRun, Publish, project_of, tell
from pipeline.cli.invocation import Json, clock


def google_plus(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="The archive; all its parts, if it has several.", metavar="FILE")],
    account: Annotated[
        str | None, typer.Option("--account", help="How the account is named; by default the profile's id.")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The day the archive was made; by default as the archive says.",
        ),
    ] = None,
    dry_run: DryRun = False,
    publish: Publish = False,
    json: Json = False,
) -> None:
    """Read a Google Takeout archive of Google+: posts, +1s, comments, reshares."""
    from pipeline import steps

    project = project_of(ctx)
    with show.progress("reading", None) as done:
        imported = steps.import_archive(
            project,
            "google_plus",
            files,
            account=account,
            day=day.date() if day else None,
            dry_run=dry_run,
            now=clock,
            on_member=done,
        )
    tell(project, imported, publish=publish and not dry_run, as_json=json)
