"""Commands about where numbers come from."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli import failure, show
from pipeline.cli.invocation import Json
from pipeline.cli.money import PANEL
from pipeline.cli.published import Language

if TYPE_CHECKING:
    from rich.tree import Tree

    from pipeline.steps.lineage import Step

_LAYERS = {"raw": "yellow", "staging": "cyan", "core": "blue", "kpi": "bold", "conversion": "bold"}


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command(rich_help_panel=PANEL, epilog="Example: vigie lineage kpi.account_daily.engagement_rate_by_reach")(
        lineage
    )


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
