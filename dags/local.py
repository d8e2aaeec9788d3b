"""``make airflow``: a whole Airflow on loopback (scheduler, DAG processor, API server, triggerer), for one machine.

SQLite metadata and LocalExecutor, everything below one folder, everything ended together. Every
admin page is open to whoever reaches the loopback port: for a server that others reach, install
Airflow as its documentation says and point it at this folder of DAGs.

``--simulated`` brings its own brand: simulated platforms whose clock follows this machine's.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dags.pools import pools
from dags.processes import Processes
from pipeline.errors import VigieError

FOLDER = Path(__file__).resolve().parent
# In the order of what takes longest to start. Logs are read from disk: nobody needs to serve them.
PARTS: Mapping[str, tuple[str, ...]] = {
    "api-server": (),
    "scheduler": ("--skip-serve-logs",),
    "dag-processor": (),
    "triggerer": ("--skip-serve-logs",),
}
PATIENCE = 300.0
# How often simulated platforms are told the time, and for how many nights the simulated brand lives on.
TICK, FUTURE_NIGHTS, NIGHTS = 30.0, 30, 120


@dataclass(frozen=True)
class LocalAirflow:
    """A running Airflow: its address, its folder, and the environment in which its commands find it."""

    url: str
    home: Path
    environment: Mapping[str, str]


def airflow() -> str:
    """The command of the same environment that runs this."""
    return str(Path(sys.executable).with_name("airflow"))


def environment(
    home: Path, settings: Path, port: int, given: Mapping[str, str], instead: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Airflow's settings as variables: nothing is written into anybody's airflow.cfg. ``instead`` wins over ours."""
    url = f"http://127.0.0.1:{port}"
    own = {
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
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        "VIGIE_SETTINGS": str(settings),
    }
    return {**given, **own, **(instead or {})}


@contextlib.contextmanager
def local_airflow(
    home: Path, settings: Path, given: Mapping[str, str], port: int = 0, *, instead: Mapping[str, str] | None = None
) -> Iterator[LocalAirflow]:
    """Start the four parts and wait until Airflow says that it is healthy; end all of them afterwards.

    ``instead`` are settings of Airflow, as variables, that replace ours: another executor, another database.

    Raises RuntimeError when the port is taken, when the tables cannot be made, when a part ends by
    itself, or after five minutes without health, naming the folder of the logs.
    """
    home.mkdir(parents=True, exist_ok=True)
    chosen = _free_port(port)
    here = LocalAirflow(f"http://127.0.0.1:{chosen}", home, environment(home, settings, chosen, given, instead))
    _make_tables(here, settings)
    with Processes() as parts:
        for name, options in PARTS.items():
            parts.start(name, [airflow(), name, *options], here.environment, home / f"{name}.log")
        _wait_until_healthy(here, parts)
        yield here


def _make_tables(here: LocalAirflow, settings: Path) -> None:
    """Airflow's tables and our pools, before any part runs: with tasks at work SQLite may refuse a write."""
    wanted = here.home / "pools.json"
    wanted.write_text(json.dumps(pools(settings)), encoding="utf-8")
    commands = [sys.executable, str(FOLDER / "commands.py"), "db", "migrate", "--", "pools", "import", str(wanted)]
    done = subprocess.run(
        commands, env=dict(here.environment), capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    if done.returncode != 0:
        raise RuntimeError(f"Airflow's tables could not be made: {done.stdout[-800:]} {done.stderr[-800:]}")


def _wait_until_healthy(here: LocalAirflow, parts: Processes) -> None:
    end, health = time.monotonic() + PATIENCE, f"{here.url}/api/v2/monitor/health"
    while time.monotonic() < end:
        if ended := parts.ended():
            raise RuntimeError(f"Airflow's {ended[0]} ended: see {here.home / ended[0]}.log")
        with contextlib.suppress(OSError), urllib.request.urlopen(health, timeout=5) as a:  # noqa: S310 – our own loopback address
            if a.read().count(b'"healthy"') >= len(PARTS):
                return
        time.sleep(0.2)
    raise RuntimeError(f"Airflow was not healthy after {PATIENCE:.0f} s: see the logs in {here.home}")


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        # As the server will: what only lingers from connections of before does not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            raise RuntimeError(f"port {wanted} is taken: choose another with --port") from None
        return int(probe.getsockname()[1])


def serve(home: Path, settings: Path, given: Mapping[str, str], port: int) -> None:
    """Run until interrupted."""
    _say("starting Airflow, about a minute …")
    with local_airflow(home, settings, given, port) as here:
        _say(f"Airflow is at {here.url}, the DAG vigie_nightly is unpaused. Ctrl-C ends it.")
        signal.pause()


def serve_simulated(home: Path, port: int) -> None:
    """The same with simulated platforms, in a folder that is emptied first; the platforms' time is now."""
    from pipeline import simulator

    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    last = datetime.now(UTC).date() + timedelta(days=FUTURE_NIGHTS)
    with simulator.serve(nights=NIGHTS, last_night=last) as platforms:
        clock = platforms.simulator.clock
        clock.set_instant(datetime.now(UTC))
        settings = home / "vigie.toml"
        settings.write_text(simulator.settings_toml(platforms.url, last_night=last), encoding="utf-8")
        _say(f"The brand is simulated: its platforms are at {platforms.url}, its settings in {settings}")
        _say("starting Airflow, about a minute …")
        with local_airflow(home, settings, {**os.environ, **simulator.environment()}, port) as here:
            _say(f"Airflow is at {here.url}, the DAG vigie_nightly is unpaused. Ctrl-C ends it.")
            while True:
                time.sleep(TICK)
                clock.set_instant(datetime.now(UTC))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _stop(*_: object) -> None:
    """The first signal ends everything in order; the next ones must not interrupt that."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.SIG_IGN)
    sys.exit(0)


def main() -> None:
    """Read the command line and run until a signal."""
    parser = argparse.ArgumentParser(prog="python -m dags.local", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="port on 127.0.0.1 (default 8080; 0 takes any free one)")
    parser.add_argument("--home", type=Path, default=Path("var/airflow"), help="folder of logs and metadata")
    parser.add_argument("--settings", type=Path, default=Path(os.environ.get("VIGIE_SETTINGS", "vigie.toml")))
    parser.add_argument("--simulated", action="store_true", help="a simulated brand, in HOME/simulated (emptied first)")
    chosen = parser.parse_args()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _stop)
    if chosen.simulated:
        serve_simulated(chosen.home.absolute() / "simulated", chosen.port)
    if not chosen.settings.exists():
        sys.exit(
            f"{chosen.settings}: no such settings file. Write one with `vigie init`, name it in VIGIE_SETTINGS,\n"
            "or see a simulated brand with `python -m dags.local --simulated`"
        )
    serve(chosen.home.absolute(), chosen.settings.absolute(), os.environ, chosen.port)


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, VigieError) as error:
        sys.exit(str(error))
