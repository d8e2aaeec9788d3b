"""Commands about where numbers come from."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli import failure, show
from pipeline.cli.invocation import Invocation, Json
from pipeline.cli.money import PANEL
from pipeline.cli.published import Language

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from pipeline.steps.explain import Origin
    from pipeline.steps.lineage import Step

# Of a value that is shown, the longest; --raw shows all of the record.
_LONGEST = 60
_LAYERS = {"raw": "yellow", "staging": "cyan", "core": "blue", "kpi": "bold", "conversion": "bold"}


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command(rich_help_panel=PANEL, epilog="Example: vigie lineage kpi.account_daily.engagement_rate_by_reach")(
        lineage
    )
    app.command(
        rich_help_panel=PANEL,
        epilog="Example: vigie explain kpi.account_daily --where \"day = '2026-11-02'\" --column followers",
    )(explain)


def lineage(
    name: Annotated[str, typer.Argument(help="A table or a column.", metavar="SCHEMA.TABLE[.COLUMN]")],
    downstream: Annotated[
        bool, typer.Option("--downstream", help="What is made of it, not what it is made of.")
    ] = False,
    platform: Annotated[
        str | None, typer.Option("--platform", help="Only through the answers of this one.", metavar="PLATFORM")
    ] = None,
    to: Annotated[Literal["text", "dot", "mermaid"], typer.Option("--to", help="As what.", show_default=True)] = "text",
    lang: Annotated[
        Language, typer.Option("--lang", help="The language of the meaning.", show_default=True)
    ] = Language.en,
    json: Json = False,
) -> None:
    """Show the way of a column or a table back to the platforms' answers.

    Through marts, core and staging to the raw table and the field in it, with the platform's own name. No warehouse
    is needed: the way is read from the SQL.
    """
    from pipeline import steps

    try:
        way = steps.lineage(name, downstream=downstream, platform=platform, language=lang.value)
    except steps.UnknownNameError as unknown:
        raise failure.Refused(str(unknown)) from None
    if json:
        show.as_json(way.summary())
    elif to == "text":
        _draw(way)
    else:
        sys.stdout.write("\n".join(_dot(way) if to == "dot" else _mermaid(way)) + "\n")


def _draw(way: Step) -> None:
    from rich.text import Text
    from rich.tree import Tree

    console = show.out()
    if way.meaning:
        console.print(Text(way.meaning, style="italic"), soft_wrap=True)
    root = Tree(Text(way.name, style=_style(way.name)))
    _grow(root, way)
    console.print(root, soft_wrap=True)


def _grow(tree: Tree, step: Step) -> None:
    from rich.text import Text

    for each in step.steps:
        line = Text(each.name, style=_style(each.name))
        if each.how not in ("", "copied"):
            line = Text(f"{each.how} ", style="dim") + line
        if each.where:
            line += Text(f"  where {each.where}", style="dim")
        if each.called:
            line += Text(f"  called {'; '.join(each.called)}", style="green")
        if each.seen:
            line += Text("  (shown above)", style="dim")
        _grow(tree.add(line), each)


def _style(name: str) -> str:
    return _LAYERS.get(name.partition(".")[0], "")


def _pairs(way: Step) -> list[tuple[str, str]]:
    """From what is read to what reads it, each pair once."""
    return list(dict.fromkeys((after.name, before.name) for before, after in way.edges()))


def _dot(way: Step) -> list[str]:
    edges = [f'  "{one}" -> "{other}";' for one, other in _pairs(way)]
    return ["digraph lineage {", "  rankdir=LR;", "  node [shape=box];", f'  "{way.name}";', *edges, "}"]


def _mermaid(way: Step) -> list[str]:
    names = {each.name: f"n{nth}" for nth, each in enumerate({step.name: step for step in way.each()}.values())}
    boxes = [f'  {mark}["{re.sub(chr(34), chr(39), name)}"]' for name, mark in names.items()]
    return ["flowchart LR", *boxes, *(f"  {names[one]} --> {names[other]}" for one, other in _pairs(way))]


def explain(
    ctx: typer.Context,
    table: Annotated[str, typer.Argument(help="A mart, or a table of core.", metavar="SCHEMA.TABLE")],
    where: Annotated[str, typer.Option("--where", help="Which row, as a condition in SQL.", metavar="SQL")],
    column: Annotated[str, typer.Option("--column", help="Which number of it.", metavar="COLUMN")],
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=20, help="Of how many rows at most.", show_default=True)
    ] = 1,
    follow: Annotated[
        int,
        typer.Option("--follow", min=1, max=1000, help="Rows followed to each next table.", show_default=True),
    ] = 5,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1, max=3600, help="How long to look.", show_default=True)
    ] = 60.0,
    raw: Annotated[bool, typer.Option("--raw", help="Show the records themselves.")] = False,
    json: Json = False,
) -> None:
    """Show the very rows, records and files that a number came from.

    Each step is proved: without one of the rows that are shown, the number would be another. The warehouse is only
    read, and the condition reaches nothing but the warehouse.
    """
    from pipeline import steps
    from pipeline.errors import ConfigError

    invocation: Invocation = ctx.obj
    try:
        found = steps.explain(invocation.project(), table, where, column, limit=limit, follow=follow, seconds=seconds)
    except ConfigError as refused:
        raise failure.Refused(str(refused)) from None
    if json:
        show.as_json([one.summary() for one in found])
        return
    for one in found:
        _explained(one, raw=raw)


def _explained(one: Origin, *, raw: bool) -> None:
    from rich.tree import Tree

    root = Tree(_line_of(one))
    _behind(root, one, raw=raw)
    show.out().print(root, soft_wrap=True)


def _behind(tree: Tree, one: Origin, *, raw: bool) -> None:
    from rich.text import Text

    for note in one.notes:
        tree.add(Text(note, style="yellow"))
    if not one.is_smallest:
        tree.add(Text("time ran out: not all of these rows are needed", style="yellow"))
    if one.file:
        tree.add(Text(f"{show.inert(one.file)}, line {one.line}", style="green"))
    if raw and one.record:
        tree.add(Text(show.inert(one.record.strip())))
    for each in one.origins:
        _behind(tree.add(_line_of(each)), each, raw=raw)


def _line_of(one: Origin) -> Text:
    from rich.text import Text

    line = Text(f"{one.relation}.{one.column} = ", style=_style(one.relation))
    value = show.inert(str(one.value))
    line.append(value if len(value) <= _LONGEST else value[:_LONGEST] + "…", style="bold")
    said = "  ".join(f"{name} {show.inert(str(each))}" for name, each in one.of.items() if each is not None)
    return line.append(f"   {said}", style="dim")
