"""What every command starts from: the settings file, the clock, the log."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.steps.project import Project

Json = Annotated[bool, typer.Option("--json", help="Give the result as JSON.")]
OneSource = Annotated[str | None, typer.Option("--source", "-s", help="Only this platform.", metavar="PLATFORM")]
NightText = Annotated[
    datetime | None,
    typer.Option(
        "--night",
        "-n",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="The night; by default yesterday in the brand's zone.",
    ),
]


@dataclass(frozen=True)
class Invocation:
    """The global options of one call."""

    settings: Path
    debug: bool = False

    def project(self, *, requests: bool = False) -> Project:
        """The settings and sources; logging is set up on the way, before anything can be logged.

        Only commands that make ``requests`` insist on the secrets: going back to the publication
        before must be possible where nobody has handed them out.
        """
        from pipeline import settings, sources
        from pipeline.steps import Project

        set_up_logging(debug=self.debug)
        known = {name: sources.module(name) for name in sources.names()}
        return Project(settings.read(self.settings, os.environ, known, require_secrets=requests), known)


def clock() -> datetime:
    """The time, in UTC. Nothing else in the command line asks for it."""
    return datetime.now(UTC)


def night_of(project: Project, given: datetime | None, warn: Callable[[str], None]) -> date:
    """The night that is meant; a warning for one that is not over, because its numbers will still grow."""
    from pipeline.steps.project import last_night

    newest = last_night(project.settings, clock())
    if given is None:
        return newest
    night = given.date()
    if night > newest:
        warn(f"the night of {night} is not over in {project.settings.time_zone}: its numbers are not complete")
    return night


def project_of(ctx: typer.Context) -> Project:
    """The project of the settings that the command line names."""
    invocation: Invocation = ctx.obj
    return invocation.project()


def set_up_logging(*, debug: bool = False) -> None:
    """Log lines to standard error at the level that VIGIE_LOG names, without secrets, one line each."""
    from pipeline.errors import ConfigError
    from pipeline.http.redaction import install_redaction

    name = os.environ.get("VIGIE_LOG", "DEBUG" if debug else "WARNING").strip().upper()
    level = logging.getLevelNamesMapping().get(name)
    if level is None:
        raise ConfigError("VIGIE_LOG must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL")
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    install_redaction()
