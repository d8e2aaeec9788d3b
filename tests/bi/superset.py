"""A real Superset on loopback: from its lock, in an environment of its own, with our dashboards in it.

The environment is kept under ``var/superset`` by the content of its lock, so that a second run finds it. The metadata
is SQLite where files live in memory: what takes Superset its time otherwise is waiting for the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

from dags.processes import Processes

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "docker" / "superset"
LOCK = HERE / "superset.lock"
MEMORY = Path("/dev/shm")
PATIENCE = 120.0
# What uv says where it reaches no index; whatever else it says is a fault of the lock.
_OFFLINE = ("error sending request", "dns error", "failed to fetch", "network", "timed out")


class NoSuperset(Exception):  # noqa: N818 – said to who reads why a test was skipped
    """Superset cannot be installed here; the message says why."""


@dataclass(frozen=True)
class Superset:
    """A running Superset: its address, its session, and the folder whose publication it reads."""

    url: str
    session: requests.Session
    publication: Path

    @property
    def cookie(self) -> str:
        return str(self.session.cookies["session"])

    def read(self, folder: Path) -> None:
        """Let it read the publication of another folder from now on."""
        new = self.publication.with_name("next")
        new.symlink_to(folder)
        new.rename(self.publication)


def installed() -> Path:
    """The folder of its programs. Raises NoSuperset where no package index can be reached."""
    home = ROOT / "var" / "superset" / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        uv = str(Path(sys.executable).with_name("uv"))
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(home)])
        words = [uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", *_index(), str(LOCK)]
        _run([*words, "--python", str(home / "bin" / "python")])
        (home / "ready").touch()
    return home / "bin"


def _index() -> list[str]:
    """pip's own index of packages, where somebody has set one."""
    words = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    url = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    return ["--default-index", url] if url else []


def _run(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode and any(sign in done.stderr.lower() for sign in _OFFLINE):
        raise NoSuperset(done.stderr[-400:])
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[:3])}: {done.stderr[-2000:]}")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for metadata, in memory where there is such a place; gone afterwards."""
    home = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="vigie-superset-", dir=home) as made:
        yield Path(made)


def prepare(programs: Path, home: Path) -> None:
    """What the image does once: tables, roles, an administrator, and the dashboards."""
    hidden = home / "secrets"
    hidden.mkdir()
    for name, value in {
        "superset_secret_key": secrets.token_hex(32),
        "superset_admin_password": secrets.token_hex(8),
        "superset_database_uri": f"sqlite:///{home}/superset.db",
    }.items():
        (hidden / name).write_text(value + "\n", encoding="utf-8")
    words = [str(programs / "python"), str(HERE / "prepare.py"), str(HERE / "export")]
    done = subprocess.run(words, env=environment(home), capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]


def environment(home: Path) -> Mapping[str, str]:
    """The variables of the image, with folders of this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIGIE", "SUPERSET", "PYTHON"))}
    return {
        **kept,
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "SUPERSET_HOME": str(home),
        "VIGIE_PUBLICATION": str(home / "published"),
        "VIGIE_SUPERSET_SECRETS": str(home / "secrets"),
    }


@contextlib.contextmanager
def serving(programs: Path, home: Path, publication: Path) -> Iterator[Superset]:
    """Serve what was prepared, as the image serves it, until the block ends."""
    (home / "published").symlink_to(publication)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    with Processes() as started:
        words = [str(programs / "gunicorn"), "--config", str(HERE / "gunicorn.conf.py"), "--bind", f"127.0.0.1:{port}"]
        started.start("superset", [*words, "superset.app:create_app()"], environment(home), home / "superset.log")
        _wait(url, started, home / "superset.log")
        yield Superset(url, _sign_in(url, (home / "secrets" / "superset_admin_password").read_text().strip()),
                       home / "published")  # fmt: skip


def _wait(url: str, started: Processes, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if started.ended():
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=10) as answer:
            if answer.read() == b"OK":
                return
        time.sleep(0.3)
    raise RuntimeError(f"Superset did not start: {log.read_text()[-3000:]}")


def _sign_in(url: str, password: str) -> requests.Session:
    session = requests.Session()
    page = session.get(f"{url}/login/", timeout=60).text
    found = re.search(r'id="csrf_token"\s+value="([^"]+)"', page)
    assert found, page[:2000]
    form = {"username": "admin", "password": password, "csrf_token": found[1]}
    answer = session.post(f"{url}/login/", data=form, timeout=60)
    assert answer.url.endswith("/superset/welcome/"), answer.url
    token = session.get(f"{url}/api/v1/security/csrf_token/", timeout=60).json()["result"]
    session.headers.update({"X-CSRFToken": token, "Referer": f"{url}/"})
    return session
