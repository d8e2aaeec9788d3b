"""What every command of `vigie import` shares: its options, and what is told of a file that was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.invocation import Invocation, clock

if TYPE_CHECKING:
    from pipeline.steps import Imported, Project

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what was understood; nothing is written.")]
Publish = Annotated[bool, typer.Option("--publish", help="Build, check and publish at once.")]


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
