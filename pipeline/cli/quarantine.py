"""`vigie quarantine`: what was set aside, and what to do about it."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.expectations import PANEL
from pipeline.cli.invocation import Json, clock, project_of
from pipeline.errors import QualityError

if TYPE_CHECKING:
    pass

Identity = Annotated[str, typer.Argument(metavar="ID", help="The id that the list shows, or its first four signs.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; it is kept in the log.", metavar="TEXT")]
_REASON_LENGTH = 60


def register(app: typer.Typer) -> None:
    """Add the group to the root."""
    group = typer.Typer(no_args_is_help=True)
    group.command("list", epilog="Example: vigie quarantine list --json")(list_)
    group.command("show", epilog="Example: vigie quarantine show 3f9a")(show_)
    group.command(epilog='Example: vigie quarantine release 3f9a --reason "the shop mended its export"')(release)
    group.command(epilog='Example: vigie quarantine drop 3f9a --reason "a test order"')(drop)
    app.add_typer(
        group,
        name="quarantine",
        rich_help_panel=PANEL,
        help="See what was set aside; let it in again, or give it up.",
        epilog="Example: vigie quarantine list",
    )


def list_(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also what people dropped.")] = False,
    json: Json = False,
) -> None:
    """List what stands in quarantine, newest night first."""
    from pipeline import steps

    found = steps.quarantine(project_of(ctx), dropped=every)
    if json:
        show.as_json(found)
        return
    if not found:
        typer.echo("Nothing stands in quarantine.")
        return
    rows = [
        (
            e.id,
            e.night,
            e.platform,
            e.account,
            e.stream or "the whole night",
            e.rows,
            show.short(e.reason, _REASON_LENGTH),
        )
        for e in found
    ]
    show.table("Quarantine", ("id", "night", "platform", "account", "stream", "records", "reason"), rows)


def show_(ctx: typer.Context, identity: Identity, json: Json = False) -> None:
    """Show one entry: why it was set aside, where it lies, its record, and what was done about it."""
    from pipeline import steps

    entry, log, record = steps.quarantined(project_of(ctx), identity)
    text = None if record is None else record.decode("utf-8", "replace").strip()
    if json:
        show.as_json({"entry": entry, "record": text, "log": log})
        return
    pairs: Sequence[tuple[str, object]] = [
        ("night", entry.night),
        ("platform", entry.platform),
        ("account", entry.account),
        ("stream", entry.stream or "the whole night of the account"),
        ("records", entry.rows),
        ("reason", entry.reason),
        ("lies in", f"{entry.landing_file}, line {entry.line}" if entry.landing_file else "the landing, as it came"),
        *((("record", text),) if text else ()),
    ]
    show.table(f"Quarantine {entry.id}", ("", ""), pairs)
    if log:
        columns = ("when", "who", "what", "why", "outcome")
        show.table(
            "Log", columns, [(f"{a.acted_at:%Y-%m-%d %H:%M}", a.person, a.act, a.reason, a.outcome) for a in log]
        )


def release(ctx: typer.Context, identity: Identity, reason: Reason) -> None:
    """Read the night of its account again from the landing; the first gate judges all of it anew."""
    from pipeline import steps

    done = steps.release_quarantined(project_of(ctx), identity, reason, getpass.getuser(), now=clock)
    if done.passed:
        typer.echo(f"{done.entry.id}: passed the gate. The tables have it after: vigie transform && vigie publish")
        return
    for why in done.why:
        show.note(why)
    typer.echo(f"{done.entry.id}: {done.outcome}; it stays in quarantine")
    raise typer.Exit(QualityError.exit_code)


def drop(
    ctx: typer.Context,
    identity: Identity,
    reason: Reason,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be dropped.")] = False,
) -> None:
    """Give an entry up: it is listed no more. Nothing is deleted, and release takes it back."""
    from pipeline import steps

    project = project_of(ctx)
    if dry_run:
        entry, _, _ = steps.quarantined(project, identity)
        typer.echo(
            f"{entry.id}: {entry.rows} records of {entry.platform} {entry.account}, {entry.night}. Nothing was done"
        )
        return
    entry = steps.drop_quarantined(project, identity, reason, getpass.getuser(), now=clock)
    typer.echo(f"{entry.id}: dropped, {entry.rows} records. Its file stays in the landing")
