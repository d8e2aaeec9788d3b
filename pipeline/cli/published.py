"""Commands about what readers see: publish, go back, look, report, build what they once saw."""

from __future__ import annotations

import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pipeline.cli import show
from pipeline.cli.invocation import Invocation, Json, NightText, clock, night_of
from pipeline.cli.money import PANEL, PeriodText


class Language(StrEnum):
    """Languages of the report and of the dictionary."""

    en = "en"
    fr = "fr"


class Format(StrEnum):
    """What the report is written as."""

    html = "html"
    pdf = "pdf"
    png = "png"


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command(rich_help_panel=PANEL, epilog="Example: vigie publish")(publish)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie rollback --dry-run")(rollback)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie status --json")(status)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie dictionary --lang fr --format html")(dictionary)
    app.command("as-of", rich_help_panel=PANEL, epilog="Example: vigie as-of 2026-10-05 --to then.duckdb")(as_of)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie report --period 2026-10 --lang fr --format pdf")(report)


def publish(ctx: typer.Context, night: NightText = None, json: Json = False) -> None:
    """Publish what the last transform built."""
    from pipeline import steps

    invocation: Invocation = ctx.obj
    project = invocation.project()
    done = steps.publish_night(project, night_of(project, night, show.note), now=clock).summary()
    if json:
        show.as_json(done)
    elif done["new"]:
        typer.echo(f"{done['path']}: generation {done['generation']}, {done['rows']:,} rows in {done['tables']} tables")
    else:
        typer.echo(f"{done['path']}: nothing changed, generation {done['generation']} stays")


def dictionary(
    lang: Annotated[Language, typer.Option("--lang", help="The language.", show_default=True)] = Language.en,
    form: Annotated[Literal["md", "html"], typer.Option("--format", help="As what.", show_default=True)] = "md",
) -> None:
    """Print what every column of every published table means, from the registry of metrics."""
    from pipeline import steps

    typer.echo(steps.dictionary(lang.value, form), nl=False)


def rollback(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what readers would see.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Return readers to the publication before."""
    from pipeline import steps

    invocation: Invocation = ctx.obj
    project = invocation.project()
    seen, before = steps.roll_back(project, dry_run=True)
    typer.echo(f"now:    generation {seen.generation}, night {seen.night}, published {seen.published_at}")
    typer.echo(f"before: generation {before.generation}, night {before.night}, published {before.published_at}")
    if dry_run:
        typer.echo("nothing was changed")
        return
    if not yes:
        typer.confirm("Return readers to the one before?", abort=True, err=True)
    _, now = steps.roll_back(project)
    typer.echo(f"readers see generation {now.generation} again; the next vigie publish makes a new one")


def status(ctx: typer.Context, json: Json = False) -> None:
    """Show what readers see, how far each account is, and the last run."""
    from pipeline import steps

    invocation: Invocation = ctx.obj
    found = steps.status(invocation.project())
    if json:
        show.as_json(found)
        return
    seen = found["publication"]
    if seen is None:
        typer.echo("Nothing is published yet; vigie run does a whole night.")
    else:
        typer.echo(f"{seen['path']}: night {seen['night']}, generation {seen['generation']}")
    rows: list[dict[str, Any]] = found["sources"]
    names = list(dict.fromkeys(name for row in rows for name in row))
    show.table("Accounts", [name.replace("_", " ") for name in names], [[row.get(n) for n in names] for row in rows])
    if found["last_run"]:
        show.table("Last run", ("", ""), list(found["last_run"].items()))


def report(
    ctx: typer.Context,
    period: PeriodText = "28d",
    lang: Annotated[
        Language | None, typer.Option("--lang", "-l", help="The language; by default that of the settings.")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="pdf and png are made by an installed Chromium or Chrome.")
    ] = Format.html,
    to: Annotated[Path | None, typer.Option("--to", "--out", help="Where to write it.", metavar="FILE")] = None,
    night: NightText = None,
) -> None:
    """Write the report of a period: a page, a PDF on A4, or a picture.

    Nothing is asked of any network. VIGIE_BROWSER names the browser where it is not found by itself.
    """
    from pipeline import steps
    from pipeline.errors import PublishError

    invocation: Invocation = ctx.obj
    project = invocation.project()
    page = steps.deliver_report(
        project,
        night.date() if night else None,
        period=period,
        language=lang.value if lang else None,
        format_=format_.value,
        to=to,
        environment=os.environ,
    )
    if page is None:
        raise PublishError("nothing is published yet, so there is nothing to report; vigie run does a whole night")
    typer.echo(page)


def as_of(
    ctx: typer.Context,
    night: Annotated[datetime, typer.Argument(help="The night.", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")],
    to: Annotated[Path, typer.Option("--to", help="The DuckDB file to write.", metavar="FILE")],
    generation: Annotated[
        str | None,
        typer.Option("--generation", help="Which publication of the night; by default its first.", metavar="ID"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE where it is there already.")] = False,
    json: Json = False,
) -> None:
    """Build core and marts as they were known on a night.

    Into a file of its own: the warehouse and what readers see stay as they are. What was observed,
    restated, imported or set differently afterwards is not in it.
    """
    from pipeline import steps

    invocation: Invocation = ctx.obj
    with show.progress("building", None) as done:
        known = steps.as_of(
            invocation.project(),
            night.date(),
            to,
            generation=generation,
            replace=force,
            on_model=lambda model: done(model.relation),
        )
    if json:
        show.as_json(known.summary())
        return
    seen = f"as published at {known.published_at} ({known.generation})" if known.generation else "never published"
    typer.echo(f"{known.file}: night {known.night}, {seen}, {known.rows:,} rows in {known.tables} tables")
    if known.equal and not known.different:
        typer.echo(f"all {len(known.equal)} tables that readers had are equal to what they were given")
    elif known.different:
        typer.echo(f"not equal to what readers were given: {', '.join(known.different)}")
    for note in known.notes:
        show.note(note)
