"""The root of the command line: global options, commands in order, errors as one clear message."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from pipeline.cli import (
    alerts,
    expectations,
    failure,
    imports,
    inbox,
    lineage,
    money,
    nights,
    published,
    quality,
    quarantine,
    show,
    simulate,
    start,
)
from pipeline.cli.invocation import Invocation

# A stopped command must let go of the warehouse soon, even if a platform keeps a request waiting.
SECONDS_TO_STOP = 5.0

_GLOBAL_VALUES = ("-c", "--settings")
_GLOBAL_FLAGS = ("--debug",)


class Root(TyperGroup):
    """Takes global options anywhere on the line, and ends with the exit code of the error."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """``vigie plan -c x.toml`` means ``vigie -c x.toml plan``."""
        front: list[str] = []
        rest = list(args)
        place = 0
        while place < len(rest) and rest[place] != "--":
            word = rest[place]
            if word in _GLOBAL_VALUES and place + 1 < len(rest):
                front += [rest.pop(place), rest.pop(place)]
            elif word in _GLOBAL_FLAGS or word.startswith("--settings="):
                front.append(rest.pop(place))
            else:
                place += 1
        return super().parse_args(ctx, front + rest)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The usual help, and what the exit codes mean."""
        super().format_help(ctx, formatter)
        show.exit_codes(failure.MEANINGS)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            code = failure.exit_code(error)
            if code is None:  # a usage error or an exit of the command line itself
                raise
            if bool(ctx.params.get("debug")):
                failure.tell_trace(traceback.format_exc())
            failure.tell(error)
            raise typer.Exit(code) from None


app = typer.Typer(
    name="vigie",
    cls=Root,
    help="Watches a brand's communities every night: fetches, checks and publishes its numbers.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from pipeline import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    settings: Annotated[
        Path, typer.Option("--settings", "-c", envvar="VIGIE_SETTINGS", help="The settings file.", show_default=True)
    ] = Path("vigie.toml"),
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error was raised, without secrets.")] = False,
    version: Annotated[  # noqa: ARG001 - handled before anything else
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    ctx.obj = Invocation(settings, debug)


start.register(app)
nights.register(app)
imports.register(app)
inbox.register(app)
published.register(app)
expectations.register(app)
quality.register(app)
quarantine.register(app)
alerts.register(app)
money.register(app)
lineage.register(app)
simulate.register(app)


def main() -> NoReturn:
    """Entry point of the ``vigie`` command."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _stop)
    app()
    sys.exit(0)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """End in order: what is half done is undone on the way out, and never takes longer than a few seconds."""
    last_resort = threading.Timer(SECONDS_TO_STOP, os._exit, (128 + number,))
    last_resort.daemon = True
    last_resort.start()
    raise SystemExit(128 + number)
