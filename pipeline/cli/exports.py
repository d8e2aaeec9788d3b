"""`vigie import csv`: exports that a person downloaded; what was understood is shown before anything is stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import failure, show
from pipeline.cli.imported import DryRun, Publish, project_of, tell
from pipeline.cli.invocation import Json, clock

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.sources.files import Understood

# By their files alone: what reads them is not needed to say what there is.
_MAPPINGS = ", ".join(
    sorted(file.stem for file in (Path(__file__).parents[1] / "sources" / "files" / "exports").glob("*.yml"))
)


class DayFormat(StrEnum):
    """How 03/04/2026 is meant."""

    DMY = "dmy"
    MDY = "mdy"


def csv(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The export: .csv, .xlsx or .xls.", metavar="FILE")],
    mapping: Annotated[
        str,
        typer.Option(
            "--mapping", "-m", metavar="NAME", help=f"Which export it is: {_MAPPINGS}, or a mapping of your own (.yml)."
        ),
    ],
    platform: Annotated[str | None, typer.Option("--platform", help="The network, where the export has none.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="The account, as the settings call it.")] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The day the file was exported; by default the one after its last day. Posts need it.",
        ),
    ] = None,
    day_format: Annotated[
        DayFormat | None, typer.Option("--day-format", help="How 03/04/2026 is meant: dmy is April.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", metavar="ZONE", help="The zone of the file's days.")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of a workbook.")] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Import what can be read; the other rows go to the quarantine.")
    ] = False,
    dry_run: DryRun = False,
    publish: Publish = False,
    json: Json = False,
) -> None:
    """Read an export of Meta Business Suite, LinkedIn, X, YouTube Studio, or any table of days or posts."""
    from pipeline import steps
    from pipeline.sources.files import Choices
    from pipeline.steps import exports

    project = project_of(ctx)
    choices = Choices(
        today=clock().astimezone(project.settings.zone).date(),
        platform=platform,
        account=account,
        exported=day.date() if day else None,
        day_order=day_format.value if day_format else None,
        time_zone=_zone(time_zone),
        sheet=sheet,
    )
    with show.progress("reading", None) as done:
        done(file.name)
        export = exports.understand_export(project, file, mapping, choices)
    if dry_run:
        _show(export.understood, project.settings, as_json=json)
        return
    with show.progress("importing", None) as done:
        done(file.name)
        imported = steps.import_export(project, export, set_aside=set_aside, now=clock)
    tell(project, imported, publish=publish, as_json=json)


def _zone(name: str | None) -> str | None:
    from zoneinfo import ZoneInfo

    if name is not None:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise failure.Refused(f"--time-zone: there is no {name!r}") from None
    return name


def _show(found: Understood, settings: Settings, *, as_json: bool) -> None:
    """What a dry run says, for people or for programs."""
    from pipeline.steps import exports

    if as_json:
        show.as_json(found)
        return
    show.table("Understood", ("", ""), _facts(found))
    columns = [*found.columns, *((name, "(ignored)") for name in found.ignored)]
    show.table("Columns", ("in the file", "becomes"), columns)
    if found.first:
        names = list(dict.fromkeys(name for record in found.first for name in record))
        show.table("First rows", names, [[record.get(name) for name in names] for record in found.first])
    if found.left_out:
        show.table("Left out", ("rows", "why", "first line"), [(rows, why, line) for why, rows, line in found.left_out])
    if found.bad:
        title = f"{found.bad:,} rows cannot be read" if found.bad > 1 else "1 row cannot be read"
        show.table(title, ("line", "why"), [(problem.line, problem.shown) for problem in found.problems])
    if found.unconfirmed:
        show.note(f"not compared with a real file yet: {found.unconfirmed}. Look whether the rows above are right")
    who = found.identity
    if not exports.is_configured(settings, who.platform, who.account):
        show.note(f"{who.platform} {who.account} is no account of the settings: it is shown, but receives no visits")
    if found.exported is None:
        show.note("counters of posts are those of the day of the export: importing needs --date")


def _facts(found: Understood) -> list[tuple[str, object]]:
    who = found.identity
    return [
        ("file", found.file),
        ("export", f"{found.mapping}, a row for each of its {found.kind}"),
        ("encoding", found.encoding),
        ("delimiter or sheet", found.part),
        ("header on line", found.header_line),
        ("language", found.language or "not told by the names"),
        ("03/04/2026 is", {"dmy": "3 April", "mdy": "March 4", None: "refused"}[found.day_order]),
        ("platform", who.platform),
        ("account", who.account),
        ("time zone", who.time_zone),
        ("exported on", found.exported or "not known"),
        ("days", f"{found.since} to {found.until}" if found.since else "none"),
        ("rows", found.records),
    ]
