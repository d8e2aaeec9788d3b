"""An error is one clear message with what to do next, the right exit code, and no traceback."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

TOKEN = {"VIGIE_FACEBOOK_TOKEN": "canary-token-0123456789"}


def test_settings_faults_end_with_two_and_say_what_to_do(
    process: Callable[..., subprocess.CompletedProcess[str]], brand: Path
) -> None:
    done = process("-c", brand, "fetch")
    assert done.returncode == 2
    assert "sources.facebook[0].token: the environment variable VIGIE_FACEBOOK_TOKEN is not set" in done.stderr
    assert "vigie doctor" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words", [("plan", "--night", "2026-02-30"), ("pln",), ("plan", "--nigth", "x"), ("fetch", "x")]
)
def test_a_slip_on_the_command_line_ends_with_two(words: tuple[str, ...], vigie: Callable[..., Result]) -> None:
    done = vigie(*words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_missing_settings_file_says_how_to_write_one(vigie: Callable[..., Result]) -> None:
    done = vigie("status")
    assert done.exit_code == 2
    assert "vigie init --to vigie.toml" in done.stderr


def test_an_unknown_source_is_named_with_those_that_are_configured(vigie: Callable[..., Result], brand: Path) -> None:
    done = vigie("-c", brand, "plan", "--source", "facebok", environment=TOKEN)
    assert done.exit_code == 2
    assert "no account of 'facebok' is configured; there are facebook" in done.stderr


def test_a_wrong_log_level_is_refused(vigie: Callable[..., Result], brand: Path) -> None:
    done = vigie("-c", brand, "plan", environment=TOKEN | {"VIGIE_LOG": "loud"})
    assert done.exit_code == 2
    assert "VIGIE_LOG must be one of DEBUG" in done.stderr


def test_global_options_may_stand_anywhere(vigie: Callable[..., Result], brand: Path) -> None:
    before = vigie("-c", brand, "plan", "--night", "2026-11-02", "--json", environment=TOKEN)
    after = vigie("plan", "--night", "2026-11-02", "--json", "--settings", brand, environment=TOKEN)
    named = vigie("plan", "--night", "2026-11-02", "--json", environment=TOKEN | {"VIGIE_SETTINGS": str(brand)})
    assert before.exit_code == 0
    assert before.stdout == after.stdout == named.stdout


def test_a_platform_that_is_away_ends_with_three_and_shows_no_token(
    process: Callable[..., subprocess.CompletedProcess[str]], brand: Path
) -> None:
    done = process("-c", brand, "fetch", "--night", "2026-11-02", environment=TOKEN)
    assert done.returncode == 3
    assert "facebook" in done.stdout
    assert "canary" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_where_and_still_no_token(
    process: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = process("plan", "--debug", "-c", tmp_path / "nowhere.toml", environment=TOKEN)
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert "canary" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_stopped_command_ends_within_ten_seconds(
    number: signal.Signals,
    code: int,
    started: Callable[..., subprocess.Popen[str]],
    brand_at: Callable[[int], Path],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never answers
        path = brand_at(silent.getsockname()[1])
        running = started("-c", path, "fetch", "--night", "2026-11-02", environment=TOKEN)
        silent.settimeout(60)
        connection, _ = silent.accept()
        with connection:
            running.send_signal(number)
            start = time.monotonic()
            _, told = running.communicate(timeout=30)
    assert time.monotonic() - start < 10
    assert running.returncode == code
    assert "Traceback" not in told
