"""``make airflow``: a whole Airflow on loopback (scheduler, DAG processor, API server, triggerer), for one machine.

SQLite metadata and LocalExecutor, everything below one folder, everything ended together. Every
admin page is open to whoever reaches the loopback port: for a server that others reach, install
Airflow as its documentation says and point it at this folder of DAGs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.settings import read_outline

FOLDER = Path(__file__).resolve().parent
PARTS = ("api-server", "scheduler", "dag-processor", "triggerer")
PATIENCE = 180.0
POOL_SLOTS = 2


@dataclass(frozen=True)
class LocalAirflow:
    """A running Airflow: its address, its environment, and its own command line."""

    url: str
    home: Path
    environment: Mapping[str, str]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``airflow WORDS`` against it; RuntimeError with its last lines when it fails."""
        done = subprocess.run(
            [airflow(), *words], env=dict(self.environment), capture_output=True, text=True, check=False, timeout=300
        )
        if done.returncode != 0:
            raise RuntimeError(f"airflow {' '.join(words)}: {done.stdout[-800:]} {done.stderr[-800:]}")
        return done


def airflow() -> str:
    """The command of the same environment that runs this."""
    return str(Path(sys.executable).with_name("airflow"))


def environment(home: Path, settings: Path, port: int, given: Mapping[str, str]) -> dict[str, str]:
    """Airflow's settings as variables: nothing is written into anybody's airflow.cfg."""
    url = f"http://127.0.0.1:{port}"
    return {
        **given,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(FOLDER),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
        "VIGIE_SETTINGS": str(settings),
    }


@contextlib.contextmanager
def local_airflow(home: Path, settings: Path, given: Mapping[str, str], port: int = 0) -> Iterator[LocalAirflow]:
    """Start the four parts and wait until Airflow says that it is healthy; end all of them afterwards.

    Raises RuntimeError when the port is taken, when the tables cannot be made, or after three
    minutes without health, naming the folder of the logs.
    """
    home.mkdir(parents=True, exist_ok=True)
    chosen = _free_port(port)
    here = LocalAirflow(f"http://127.0.0.1:{chosen}", home, environment(home, settings, chosen, given))
    here.command("db", "migrate")
    for pool in ("vigie_warehouse", *(f"vigie_{platform}" for platform in read_outline(settings).platforms)):
        slots = "1" if pool == "vigie_warehouse" else str(POOL_SLOTS)
        here.command("pools", "set", pool, slots, "one platform's fetches" if slots != "1" else "one writer")
    with contextlib.ExitStack() as parts:
        for part in PARTS:
            parts.enter_context(_part(here, part))
        _wait_until_healthy(here)
        yield here


@contextlib.contextmanager
def _part(here: LocalAirflow, name: str) -> Iterator[None]:
    with (here.home / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [airflow(), name], env=dict(here.environment), stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a part with every child of its session; whatever does not go by itself is killed."""
    for sign, seconds in ((signal.SIGTERM, 15), (signal.SIGKILL, 10)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            continue
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return


def _wait_until_healthy(here: LocalAirflow) -> None:
    end, health = time.monotonic() + PATIENCE, f"{here.url}/api/v2/monitor/health"
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(health, timeout=5) as a:  # noqa: S310 – our own loopback address
            if a.read().count(b'"healthy"') >= len(PARTS):
                return
        time.sleep(0.5)
    raise RuntimeError(f"Airflow was not healthy after {PATIENCE:.0f} s: see the logs in {here.home}")


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            raise RuntimeError(f"port {wanted} is taken: choose another with --port") from None
        return int(probe.getsockname()[1])


def main() -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=8080, help="port on 127.0.0.1 (default 8080)")
    parser.add_argument("--home", type=Path, default=Path("var/airflow"), help="folder of logs and metadata")
    parser.add_argument("--settings", type=Path, default=Path(os.environ.get("VIGIE_SETTINGS", "vigie.toml")))
    chosen = parser.parse_args()
    if not chosen.settings.exists():
        sys.exit(f"{chosen.settings}: no such settings file. Write one with `vigie init`, or name it in VIGIE_SETTINGS")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("starting Airflow, about a minute …", flush=True)  # noqa: T201
    with local_airflow(chosen.home.absolute(), chosen.settings.absolute(), os.environ, chosen.port) as here:
        print(f"Airflow is at {here.url}, the DAG vigie_nightly is unpaused. Ctrl-C ends it.", flush=True)  # noqa: T201
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(str(error))
