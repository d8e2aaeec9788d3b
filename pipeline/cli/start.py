"""Commands of the first hour: write settings, check everything, see what can be read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from pipeline.cli import failure, show
from pipeline.cli.invocation import Invocation, Json, clock, set_up_logging

if TYPE_CHECKING:
    from pipeline.doctor import Finding
    from pipeline.streams import Archive, Source

PANEL = "Start"


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command(rich_help_panel=PANEL, epilog="Example: vigie init --to brand.toml")(init)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie doctor --json")(doctor)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie sources")(sources)


def init(
    to: Annotated[Path, typer.Option("--to", help="Where to write it.", metavar="FILE")] = Path("vigie.toml"),
) -> None:
    """Write an example settings file with every key explained."""
    from pipeline import settings
    from pipeline import sources as folder

    known = {name: folder.module(name) for name in folder.names()}
    failure.write_new(to, settings.example(known))
    typer.echo(f"{to} written. Delete the platforms that you do not use, then set what remains of:")
    for variable in settings.variables(known):
        typer.echo(f"  {variable}")
    typer.echo(f"and check everything with: vigie -c {to} doctor")


def doctor(ctx: typer.Context, json: Json = False) -> None:
    """Check settings, credentials, disk, lock, schedule, publication; show what ends when."""
    from pipeline.doctor import examine

    invocation: Invocation = ctx.obj
    set_up_logging(debug=invocation.debug)
    with show.progress("checking", None) as done:
        findings = examine(invocation.settings, os.environ, clock(), done)
    failed = any(finding.state == "fail" for finding in findings)
    if json:
        show.as_json({"ok": not failed, "findings": findings})
    else:
        rows = [(f.state, f.area, _in_words(f)) for f in findings if f.day is None]
        show.table("vigie doctor", ("state", "area", "finding"), rows, state="state")
        dated = [(f.state, f.day, f.subject, _in_words(f, named=False)) for f in findings if f.day is not None]
        if dated:
            show.table("What ends when", ("state", "day", "account", "what"), dated, state="state")
    if failed:
        raise typer.Exit(1)


def _in_words(finding: Finding, *, named: bool = True) -> str:
    what = f"{finding.subject}: {finding.message}" if named and finding.subject else finding.message
    return f"{what}\n→ {finding.advice}" if finding.advice and finding.state != "ok" else what


def sources(ctx: typer.Context, json: Json = False) -> None:
    """List the platforms that can be read, and their accounts."""
    from pipeline import sources as folder

    known = {name: folder.module(name) for name in folder.names()}
    accounts = _configured(ctx.obj, known)
    listed: list[dict[str, Any]] = []
    for name, source in known.items():
        listed.append(
            {
                "platform": name,
                "what": (source.__doc__ or "").splitlines()[0].rstrip("."),
                "kind": source.KIND,
                "origin": source.ORIGIN,
                "import": None if source.ORIGIN == "api" else cast("Archive", source).IMPORT,
                "api": source.API_VERSION,
                "reads_back_days": source.RESTATEMENT_DAYS,
                "streams": [stream.name for stream in source.STREAMS],
                "credentials": list(source.CREDENTIALS),
                "optional_credentials": list(source.OPTIONAL_CREDENTIALS),
                "accounts": accounts.get(name, []),
            }
        )
    if json:
        show.as_json(listed)
        return
    rows = [
        (
            one["platform"],
            one["kind"],
            one["api"],
            one["reads_back_days"],
            ", ".join([*one["credentials"], *(f"({name})" for name in one["optional_credentials"])]),
            one["import"] or ", ".join(one["accounts"]),
        )
        for one in listed
    ]
    columns = ("platform", "kind", "API", "days", "credentials (optional)", "accounts, or how it is read")
    show.table("Platforms, and how many days back every night reads", columns, rows)


def _configured(invocation: Invocation, known: Mapping[str, Source]) -> dict[str, list[str]]:
    """Account ids by platform; none, with a remark, where the settings cannot be read."""
    from pipeline import settings
    from pipeline.errors import ConfigError

    if not invocation.settings.exists():
        return {}
    found: dict[str, list[str]] = {}
    try:
        for account in settings.read(invocation.settings, os.environ, known, require_secrets=False).accounts:
            found.setdefault(account.platform, []).append(account.id)
    except ConfigError:
        show.note(f"{invocation.settings} has faults, so its accounts are not listed; see: vigie doctor")
    return found
