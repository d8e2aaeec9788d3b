"""The command line as a person has it: in this process with its runner, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent

SMALL = """\
brand = "Atelier Marin"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
language = "fr"
[paths]
landing = "landing"
warehouse = "warehouse.duckdb"
publication = "published"
[[sources.facebook]]
id = "104001"
base = "{base}"
token = "env:VIGIE_FACEBOOK_TOKEN"
"""

Vigie = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    """Settings of a small brand whose platform is a closed port of this machine."""
    return write_brand(tmp_path, port=9)


@pytest.fixture
def brand_at(tmp_path: Path) -> Callable[[int], Path]:
    """Settings of a small brand whose platform is at a port of this machine."""
    return lambda port: write_brand(tmp_path, port)


def write_brand(folder: Path, port: int) -> Path:
    path = folder / "vigie.toml"
    path.write_text(SMALL.format(base=f"http://127.0.0.1:{port}/v26.0"), encoding="utf-8")
    return path


@pytest.fixture
def vigie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vigie:
    """Run a command in this process, in an empty folder, with only the given environment of Vigie."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("VIGIE_")]:
        monkeypatch.delenv(name)

    def run(*words: str | Path, environment: Mapping[str, str] | None = None, answer: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], env=environment, input=answer)

    return run


def environment_of(own: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    return kept | {"PYTHONPATH": str(ROOT)} | dict(own or {})


COMMAND = [sys.executable, "-c", "from pipeline.cli import main; main()"]


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a command as a process of its own, to be looked at while it runs."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str | Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        command = [*COMMAND, *(str(word) for word in words)]
        running.append(
            subprocess.Popen(
                command,
                env=environment_of(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def process(tmp_path: Path) -> Process:
    """Run a command as a process of its own; what a scheduler or a shell sees of it."""

    def run(*words: str | Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *(str(word) for word in words)],
            cwd=tmp_path,
            env=environment_of(environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return run
