"""`vigie expectations`: suites looked at away from any night."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import failure, show
from pipeline.cli.invocation import Invocation, Json, clock
from pipeline.errors import QualityError

PANEL = "Expectations"


def register(app: typer.Typer) -> None:
    """Add the group to the root."""
    group = typer.Typer(no_args_is_help=True)
    group.command(epilog="Example: vigie expectations lint kpi.account_daily")(lint)
    group.command(epilog="Example: vigie expectations propose kpi.account_daily --to draft.json")(propose)
    group.command(epilog="Example: vigie expectations docs --to expectations-pages")(docs)
    app.add_typer(
        group,
        name="expectations",
        rich_help_panel=PANEL,
        help="Look at what the gates expect.",
        epilog="Example: vigie expectations lint",
    )


def lint(
    tables: Annotated[list[str] | None, typer.Argument(help="Relations to look at.", show_default="all")] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="Where the suites are; by default the project's.", exists=True, file_okay=False),
    ] = None,
    json: Json = False,
) -> None:
    """Check suites as they are written: columns, severities, SQL, and that no text of people would be shown.

    No warehouse is opened and nothing is changed.
    """
    from pipeline import steps

    remarks, looked = steps.lint_suites(tables or (), now=clock(), folder=folder)
    if json:
        show.as_json([vars(each) for each in remarks])
    elif remarks:
        rows = [(each.relation, each.expectation or "", each.problem) for each in remarks]
        show.table(f"{len(remarks)} to change in {_suites(looked)}", ("suite", "expectation", "what to change"), rows)
    else:
        typer.echo(f"{_suites(looked)}, nothing to change")
    if remarks:
        raise typer.Exit(QualityError.exit_code)


def propose(
    ctx: typer.Context,
    table: Annotated[str, typer.Argument(help="The relation: kpi.account_daily, staging.facebook_account_day …")],
    to: Annotated[
        Path | None, typer.Option("--to", help="A new file to write instead of showing it.", metavar="FILE")
    ] = None,
) -> None:
    """Draft the suite of a table from its last sixty nights, for a person to review.

    A draft says what was, not what is right. It is never put into use by itself.
    """
    from pipeline import steps

    invocation: Invocation = ctx.obj
    text = dumps(steps.propose_suite(invocation.project(), table), indent=2, ensure_ascii=False) + "\n"
    if to is None:
        typer.echo(text, nl=False)
    else:
        failure.write_new(to, text)
        typer.echo(f"{to}: a draft. Read every rule, write why it matters, remove what only happened to be so.")
        typer.echo(f"Then move it to expectations/{table}.json and check it with: vigie expectations lint {table}")


def docs(
    ctx: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="The folder to write the pages into.", metavar="FOLDER")],
) -> None:
    """Write a page of every expectation, in English and in French: why it is there and how it was judged last.

    No value of any table is in it.
    """
    from pipeline import steps

    invocation: Invocation = ctx.obj
    for page in steps.write_expectations(invocation.project(), to):
        typer.echo(page)


def _suites(count: int) -> str:
    return f"{count} suite{'' if count == 1 else 's'}"
