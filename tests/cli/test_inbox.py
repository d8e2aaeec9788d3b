"""`vigie inbox` as a person has it: served by a process, tried by the lines of the README, ended by SIGTERM."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from typer.testing import Result

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "a-secret-of-thirty-two-letters-00"
ENVIRONMENT = {"VIGIE_INBOX_SECRET": SECRET}
SETTINGS = """\
brand = "Example"
language = "en"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
[paths]
landing = "landing"
warehouse = "warehouse.duckdb"
publication = "published"
[[sites]]
name = "www.example.org"
[[sources.facebook]]
id = "104001"
token = "env:VIGIE_NOBODY_HAS_THIS_TOKEN"
"""


def of_the_readme(language: str, holding: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(next(block for block in blocks if holding in block))


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    file = tmp_path / "vigie.toml"
    file.write_text(SETTINGS + of_the_readme("toml", "[[sources.inbox]]"), encoding="utf-8")
    return file


@pytest.fixture
def serving(brand: Path, started: Callable[..., subprocess.Popen[str]]) -> tuple[subprocess.Popen[str], str]:
    """The process, and where it listens."""
    process = started("-c", brand, "inbox", "serve", "--port", "0", environment=ENVIRONMENT)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_the_lines_of_the_readme_send_a_message(serving: tuple[subprocess.Popen[str], str], brand: Path) -> None:
    process, url = serving
    block = of_the_readme("console", "openssl dgst")
    lines = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    script = "\n".join(lines).replace("http://127.0.0.1:8787/inbox", url)

    def run(text: str) -> str:
        done = subprocess.run(["bash", "-euc", text], env={"PATH": "/usr/bin:/bin", **ENVIRONMENT},
                              capture_output=True, text=True, check=True, timeout=20)  # fmt: skip
        return done.stdout

    assert run(script) == block.splitlines()[-1] + "\n"
    assert json.loads(run(script.replace(',"test":true', "")))["status"] == "stored"
    process.send_signal(signal.SIGTERM)
    told, logged = process.communicate(timeout=10)
    assert (process.returncode, told) == (0, "")
    assert "POST /inbox 200 test quote_request of www.example.org" in logged
    assert "POST /inbox 200 stored quote_request of www.example.org" in logged
    kept = b"".join(file.read_bytes() for file in brand.parent.rglob("*.json"))
    assert b'"value":"1250.50"' in kept
    for word in (b"someone", SECRET.encode()):
        assert word not in kept + logged.encode()


def test_a_test_message_is_answered_and_not_stored(
    serving: tuple[subprocess.Popen[str], str], vigie: Callable[..., Result], brand: Path
) -> None:
    _, url = serving
    call = ("-c", str(brand), "inbox", "send-test", "--site", "www.example.org", "--url", url)
    done = vigie(*call, environment=ENVIRONMENT)
    assert done.exit_code == 0, done.stderr
    assert '"status": "test"' in done.stdout
    assert list(brand.parent.rglob("*.json")) == []
    done = vigie(*call, environment={"VIGIE_INBOX_SECRET": "another-secret-of-many-letters"})
    assert done.exit_code == 1
    assert done.stdout.startswith("HTTP 401: ")
    assert requests.get(url.replace("/inbox", "/healthz"), timeout=9).json() == {"status": "ok"}


def test_what_cannot_be_served_or_sent_is_said_in_one_sentence(
    serving: tuple[subprocess.Popen[str], str], vigie: Callable[..., Result], brand: Path
) -> None:
    _, url = serving
    port = url.rsplit(":", 1)[1].partition("/")[0]
    inbox = ("-c", str(brand), "inbox")
    for words, environment, told in (
        (("serve", "--port", port), ENVIRONMENT, "cannot listen at 127.0.0.1"),
        (("serve",), {"VIGIE_INBOX_SECRET": "short"}, "must have 16 signs or more"),
        (("serve",), {}, "its secret is not there"),
        (("send-test", "--site", "elsewhere"), ENVIRONMENT, "no [[sources.inbox]] of 'elsewhere'"),
        (("send-test", "--site", "www.example.org", "--url", "http://127.0.0.1:9"), ENVIRONMENT, "vigie inbox serve"),
    ):
        done = vigie(*inbox, *words, environment=environment)
        assert (done.exit_code, told in done.stderr) == (2, True), done.stderr
        assert SECRET not in done.stderr
    brand.write_text(SETTINGS)
    assert "no [[sources.inbox]] is set up" in vigie(*inbox, "serve").stderr


@pytest.mark.parametrize("command", ["serve", "send-test"])
def test_the_help_says_what_belongs_to_whom(vigie: Callable[..., Result], command: str) -> None:
    shown = vigie("inbox", command, "--help").output
    assert f"Example: vigie inbox {command}" in shown
    if command == "serve":
        assert all(word in shown for word in ("TLS belongs to the web server", "127.0.0.1", "8787", "300"))
