"""The help is quick, complete, and shows an example of every command."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from typer.testing import Result

from pipeline import errors
from pipeline.cli import app
from pipeline.cli.failure import ADVICE, MEANINGS

COMMANDS = (
    "init", "doctor", "sources", "plan", "fetch", "load", "validate", "transform", "publish", "rollback",
    "run", "backfill", "import", "inbox", "status", "margin", "funnel", "experiment", "report", "dictionary", "as-of",
    "simulate", "expectations", "quality", "quarantine", "lineage", "alert", "watch", "explain",
)  # fmt: skip
WITH_JSON = (
    "doctor",
    "sources",
    "plan",
    "fetch",
    "load",
    "validate",
    "transform",
    "publish",
    "status",
    "run",
    "backfill",
    "margin",
    "experiment",
    "funnel",
    "as-of",
    "lineage",
    "watch",
    "explain",
)


def test_help_lists_every_command_and_every_exit_code(vigie: Callable[..., Result]) -> None:
    shown = vigie("--help").output
    assert all(f" {command} " in shown for command in COMMANDS)
    assert all(f" {code} " in shown and meaning in shown for code, meaning in MEANINGS.items())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_line_of_help_and_an_example(command: str, vigie: Callable[..., Result]) -> None:
    done = vigie(command, "--help")
    assert done.exit_code == 0
    assert f"Example: vigie {command}" in done.output
    assert ("--json" in done.output) == (command in WITH_JSON)


def test_every_error_has_a_meaning_and_an_advice() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.VigieError)]
    assert len(kinds) > 10
    for kind in kinds:
        assert kind.exit_code in MEANINGS
        assert kind in (errors.VigieError, errors.SourceError) or kind in ADVICE


def test_every_registered_command_is_listed_here() -> None:
    names = {info.name or getattr(info.callback, "__name__", "") for info in app.registered_commands}
    groups = {group.name for group in app.registered_groups}
    assert names | groups == {*COMMANDS, "demo"}


def test_help_loads_nothing_heavy(process: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = process("--help", environment={"PYTHONPROFILEIMPORTTIME": "1"})
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert not loaded & {"duckdb", "pandas", "great_expectations", "requests", "airflow", "pyarrow", "sqlglot"}


def test_the_version_is_shown(vigie: Callable[..., Result]) -> None:
    from pipeline import __version__

    assert vigie("--version").output.strip() == __version__
