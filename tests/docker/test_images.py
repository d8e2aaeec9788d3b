"""What the Dockerfiles promise: pinned by locks with hashes, not root, a health check, nothing that is missing."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.docker.composed import DOCKER, ROOT, composed

IMAGES = sorted(DOCKER.glob("*/Dockerfile"))
LOCKS = (DOCKER / "airflow" / "airflow.lock", DOCKER / "superset" / "superset.lock")
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, set[str]]:
    """Versions by package: several where they depend on the machine."""
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(lock.read_text("utf-8")):
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("image", IMAGES, ids=lambda path: path.parent.name)
def test_hadolint_has_nothing_to_say(image: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([str(hadolint), str(image)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("image", IMAGES, ids=lambda path: path.parent.name)
def test_what_is_copied_is_there_and_is_sent_to_the_builder(image: Path) -> None:
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    copied = re.findall(r"^COPY (?!--from)(.+)$", image.read_text("utf-8"), re.MULTILINE)
    assert copied
    for line in copied:
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert any(source == each or source.startswith(f"{each}/") for each in kept), source


@pytest.mark.parametrize("image", IMAGES, ids=lambda path: path.parent.name)
def test_it_is_pinned_runs_as_nobody_special_and_tells_its_health(image: Path) -> None:
    text = image.read_text("utf-8")
    assert re.search(r"^ARG PYTHON_IMAGE=\S+:\d+\.\d+\.\d+-", text, re.MULTILINE)
    assert re.findall(r"^USER (\d+)$", text, re.MULTILINE)[-1] != "0"
    assert "HEALTHCHECK" in text
    installs = re.findall(r"pip install .*", text)
    assert [line for line in installs if "--require-hashes" not in line and "--no-deps" not in line] == []


def test_images_of_others_are_pinned_by_their_version() -> None:
    images = {service["image"] for service in composed("scale")["services"].values()}
    others = {image for image in images if not image.startswith("vigie-")}
    assert [image for image in others if not re.search(r":v?\d+\.\d+(\.\d+)?(-\w+)?$", image)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_package_of_a_lock_has_its_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text("utf-8").strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_image_installs_what_was_tested_and_no_tools_of_developers() -> None:
    image, tested = pins(LOCKS[0]), pins(ROOT / "requirements.lock")
    assert {name: version for name, version in image.items() if not version <= tested.get(name, set())} == {}
    assert {"pytest", "ruff", "mypy", "hypothesis"} & image.keys() == set()
    assert {"apache-airflow", "duckdb", "apache-airflow-providers-celery", "psycopg2-binary"} <= image.keys()


def test_superset_reads_with_the_driver_that_wrote() -> None:
    assert pins(LOCKS[1])["duckdb"] == pins(ROOT / "requirements.lock")["duckdb"]


@pytest.mark.parametrize(
    ("part", "answer", "well"),
    [
        ("scheduler", {"scheduler": {"status": "healthy"}}, True),
        ("scheduler", {"scheduler": {"status": "unhealthy"}}, False),
        ("triggerer", {"scheduler": {"status": "healthy"}}, False),
        ("dag_processor", {"dag_processor": {"status": None}}, False),
    ],
)
def test_the_health_check_ends_as_airflow_tells(part: str, answer: dict[str, object], *, well: bool) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = {"VIGIE_PART": part, "VIGIE_API": f"http://127.0.0.1:{server.server_port}"}
        words = [sys.executable, "-I", str(DOCKER / "airflow" / "healthy.py")]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=60)
        server.shutdown()
    assert (done.returncode == 0) is well, done.stderr


def test_nothing_that_is_written_here_reaches_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert lines[1] == "*"
    kept = [line[1:] for line in lines if line.startswith("!")]
    for secret in ("docker/secrets/postgres_password", "var/warehouse.duckdb", "vigie.toml", ".git/config", ".venv/x"):
        assert not any(secret == each or fnmatch.fnmatch(secret, f"{each}/*") for each in kept), secret


def test_the_servers_of_the_compose_files_are_the_ones_that_are_documented() -> None:
    text = (DOCKER / "README.md").read_text("utf-8")
    for name in yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))["services"]:
        assert f"`{name}`" in text, name
