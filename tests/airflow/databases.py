"""PostgreSQL and Redis of Debian's packages, on loopback, in folders of their own.

Airflow on several machines keeps its metadata in the one and hands out its tasks by the other.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dags.processes import Processes

PATIENCE = 60.0
# Nothing of a test outlives the machine: no write need wait for the disk.
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")


def missing() -> list[str]:
    """What this machine lacks."""
    return [
        name for name, found in (("postgresql", _tools()), ("redis-server", shutil.which("redis-server"))) if not found
    ]


def _tools() -> Path | None:
    """The folder of Debian's newest PostgreSQL."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda folder: float(folder.parent.name))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql(log: Path) -> Iterator[str]:
    """``user:password@host:port/database`` of a new, empty server; it is gone afterwards."""
    tools, port, password = _tools(), free_port(), secrets.token_hex(16)
    assert tools is not None
    # PostgreSQL refuses to run as root, and its own user cannot walk into root's folders.
    own = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="vigie-postgresql-") as name:
        folder = Path(name)
        (folder / "password").write_text(password, encoding="utf-8")
        if own:
            for path in (folder, folder / "password"):
                shutil.chown(path, "postgres", "postgres")
        made = [*own, str(tools / "initdb"), "-D", str(folder / "data"), "-U", "airflow", "-A", "scram-sha-256"]
        made += [f"--pwfile={folder / 'password'}", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(made, check=True, capture_output=True, cwd="/", timeout=PATIENCE)
        settings = ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}", *HASTE]
        options = [word for setting in settings for word in ("-c", setting)]
        command = [*own, str(tools / "postgres"), "-D", str(folder / "data"), *options]
        with Processes() as servers:
            servers.start("postgresql", command, os.environ, log)
            ready = [str(tools / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-q"]
            _wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, servers, log)
            yield f"airflow:{password}@127.0.0.1:{port}/postgres"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """The address of a new, empty server that keeps nothing on disk."""
    port, password = free_port(), secrets.token_hex(16)
    settings = folder / "redis.conf"
    settings.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndir {folder}\n', encoding="utf-8"
    )
    log = folder / "redis.log"
    with Processes() as servers:
        servers.start("redis", ["redis-server", str(settings)], os.environ, log)
        _wait_until(lambda: _accepts(port), servers, log)
        yield f"redis://:{password}@127.0.0.1:{port}/0"


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until(is_ready: Callable[[], bool], servers: Processes, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not is_ready():
        if (ended := servers.ended()) or time.monotonic() > end:
            raise RuntimeError(f"{ended or 'the server'} is not there: {log.read_text('utf-8')[-2000:]}")
        time.sleep(0.1)
