"""`vigie import`: files that a person has, into the same tables as what is fetched every night."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.invocation import Invocation, Json, clock

if TYPE_CHECKING:
    from pipeline.steps import Imported, Project

PANEL = "A night"

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what was understood; nothing is written.")]
Publish = Annotated[bool, typer.Option("--publish", help="Build, check and publish at once.")]


def register(app: typer.Typer) -> None:
    """Add the group to the root. Each kind of file is one command of it."""
    group = typer.Typer(no_args_is_help=True)
    group.command("google-plus", epilog="Example: vigie import google-plus takeout-20190310T120000Z-001.zip")(
        google_plus
    )
    # What that command shares with this module it takes from here.
    from pipeline.cli.exports import csv

    group.command("csv", epilog="Example: vigie import csv metrics.xls --mapping linkedin --account 1035")(csv)
    app.add_typer(
        group,
        name="import",
        rich_help_panel=PANEL,
        help="Read files that a person has: archives of closed networks, exports.",
        epilog="Example: vigie import google-plus takeout-20190310T120000Z-001.zip --dry-run",
    )


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


def project_of(ctx: typer.Context) -> Project:
    invocation: Invocation = ctx.obj
    return invocation.project()


def tell(project: Project, imported: Imported, *, publish: bool, as_json: bool) -> None:
    """Show what was read; with ``publish`` bring it to readers, else say when they will have it."""
    from pipeline import steps

    generation = None
    if publish:
        with show.progress("publishing", None):
            generation = steps.serve(project, imported, now=clock).publication.generation
    if as_json:
        show.as_json({**imported.summary(), "generation": generation})
        return
    listed: list[tuple[str, object]] = [
        (name.replace("_", " "), value)
        for name, value in imported.summary().items()
        if name not in ("records", "absent", "notes", "replaced", "newest_night") and value is not None
    ]
    listed += [(f"records of {stream}", count) for stream, count in imported.records.items()]
    listed += [(f"no {stream}", reason) for stream, reason in imported.absent.items()]
    listed += [("replaced", night) for night in imported.replaced]
    show.table("Understood" if imported.state == "understood" else "Imported", ("", ""), listed)
    for message in imported.notes:
        show.note(message)
    if generation is not None:
        typer.echo(f"readers see it: generation {generation}")
    elif imported.state != "understood":
        typer.echo("readers see it after the next night, or now with: vigie transform && vigie publish")
