"""``vigie demo``: ninety nights of one invented brand on the simulator, the last one through real Airflow."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import requests
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipeline import simulator, steps
from pipeline.cli.show import amount, percent
from pipeline.errors import NightBroken, VigieError

PATIENCE = 60.0


@dataclass
class Demo:
    """Where the demo lives, and what it has seen so far."""

    folder: Path
    seed: int
    nights: int
    console: Console
    broken: list[date] = field(default_factory=list)

    @property
    def settings(self) -> Path:
        return self.folder / "vigie.toml"

    @property
    def airflow_home(self) -> Path:
        return self.folder / "airflow"

    @property
    def airflow_log(self) -> Path:
        return self.folder / "airflow.log"


def run_demo(folder: Path, *, seed: int, nights: int, with_airflow: bool, console: Console) -> None:
    """Replay the nights into ``folder`` (emptied first) and print what came out, with its paths."""
    demo = Demo(folder.absolute(), seed, nights, console)
    shutil.rmtree(demo.folder, ignore_errors=True)
    demo.folder.mkdir(parents=True)
    console.print("[bold]Vigie[/] on a [bold]simulated[/] brand: every account and figure below is invented.\n")
    began = time.monotonic()
    with _simulator(demo) as base:
        demo.settings.write_text(simulator.settings_toml(base), encoding="utf-8")
        environment = {**os.environ, **simulator.environment()}
        project = steps.open_project(demo.settings, environment)
        every = list(simulator.night_dates(seed, nights))
        by_hand = every[:-1] if with_airflow else every
        with _airflow(demo, environment) if with_airflow else nullcontext() as airflow:
            _replay(demo, project, base, by_hand)
            if airflow is not None:
                _through_airflow(demo, airflow, base, every[-1])
    _show(demo, project, time.monotonic() - began)


def _replay(demo: Demo, project: steps.Project, base: str, nights: list[date]) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=demo.console) as progress, steps.held(project, command="demo"):
        task = progress.add_task("starting", total=len(nights))
        done = steps.replay(
            project,
            nights,
            clock=lambda night: _set_clock(base, night),
            on_step=lambda night, step: progress.update(task, description=f"night of {night}: {step:<9}"),
            on_night=lambda _: progress.advance(task),
        )
        progress.update(task, description=f"{len(nights)} nights replayed")
    for night in done.broken:
        if night.error is not None and not isinstance(night.error, NightBroken):
            raise night.error
        demo.broken.append(night.night)


def _set_clock(base: str, night: date) -> Callable[[], datetime]:
    """Move the simulator to the morning after ``night``; the steps are given that instant as their clock."""
    answer = requests.post(f"{base}/__sim/clock", params={"night": night.isoformat()}, timeout=PATIENCE)
    answer.raise_for_status()
    instant = datetime.fromisoformat(answer.json()["instant"])
    return lambda: instant


@contextmanager
def _simulator(demo: Demo) -> Iterator[str]:
    """The simulator in a process of its own, as a platform would be; gives its address."""
    command = [sys.executable, "-m", "pipeline.simulator", "--seed", str(demo.seed), "--nights", str(demo.nights)]
    with (demo.folder / "simulator.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            steps.prepare()  # while the simulator starts
            yield _address(process.stdout)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _address(out: IO[str] | None) -> str:
    """The simulator says its address in the first line that holds one."""
    for line in out or ():
        for word in line.split():
            if word.startswith("http://"):
                return word.rstrip("/")
    raise VigieError("the simulator did not start: see simulator.log beside the demo's settings")


@contextmanager
def _airflow(demo: Demo, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Airflow in a process of its own: it makes its tables and itself ready while the nights are replayed."""
    root = Path(__file__).resolve().parent.parent
    own = {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(root), environment.get("PYTHONPATH")))),
        "AIRFLOW_HOME": str(demo.airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(root / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "VIGIE_SETTINGS": str(demo.settings),
    }
    command = [sys.executable, "-m", "dags.ready"]
    with (
        demo.airflow_log.open("w") as log,
        subprocess.Popen(
            command, env={**environment, **own}, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _through_airflow(demo: Demo, airflow: subprocess.Popen[str], base: str, night: date) -> None:
    _set_clock(base, night)
    with demo.console.status(f"night of {night}: through Airflow"):
        began = time.monotonic()
        logical = datetime.combine(night + timedelta(days=1), datetime.min.time()).replace(hour=12)
        # An Airflow that has ended by itself is told by its exit code, not by the pipe that it left.
        with suppress(BrokenPipeError):
            airflow.communicate(f"{logical}+00:00\n")
    if airflow.wait() != 0:
        raise VigieError(f"the night of {night} failed in Airflow: see {demo.airflow_log}")
    demo.console.print(f"night of {night}: through Airflow (`airflow dags test`), {time.monotonic() - began:.0f} s")


def _show(demo: Demo, project: steps.Project, seconds: float) -> None:
    seen = steps.overview(project)
    demo.console.print(_accounts_table(seen.accounts, seen.night))
    demo.console.print(_actions_table(seen.actions, project.settings.reporting_currency))
    if demo.broken:
        listed = ", ".join(str(night) for night in demo.broken)
        demo.console.print(f"Nights that the simulator broke on purpose, told and left as gaps: {listed}")
    paths = project.settings.paths.publication
    demo.console.print(f"\nDuckDB file     {paths / 'vigie.duckdb'}", soft_wrap=True)
    demo.console.print(f"Parquet folder  {paths / 'parquet'}", soft_wrap=True)
    demo.console.print(f"HTML report     {paths / 'report.html'}", soft_wrap=True)
    demo.console.print(f"\nDone in {seconds:.0f} s. – means: the platform did not report it; it is never a zero.")


def _accounts_table(rows: list[dict[str, Any]], night: date) -> Table:
    table = Table(title=f"Networks, 28 days to the night of {night}", title_justify="left")
    for name in ("platform", "account"):
        table.add_column(name)
    names = ("followers", "a day", "28 days", "impressions", "interactions", "rate", "posts", "visits", "margin")
    for name in names:
        table.add_column(name, justify="right")
    for r in rows:
        table.add_row(
            r["platform"], r["account"], amount(r["followers"]), amount(r["growth_speed"], 1), percent(r["growth_28d"]),
            amount(r["impressions"]), amount(r["engagements"]), percent(r["engagement_rate"]),
            amount(r["posts_published"]), amount(r["visits"]), amount(r["margin"], 2),
        )  # fmt: skip
    return table


def _actions_table(rows: list[dict[str, Any]], currency: str) -> Table:
    table = Table(title=f"Conversions by platform and campaign, same days, {currency}", title_justify="left")
    for name in ("platform", "campaign"):
        table.add_column(name)
    for name in ("visits", "conversions", "rate", "revenue", "cost", "gross margin"):
        table.add_column(name, justify="right")
    for r in rows:
        table.add_row(
            r["platform"], r["campaign"] or "–", amount(r["visits"]), amount(r["conversions"]),
            percent(r["conversion_rate"]), amount(r["revenue"], 2),
            amount(r["acquisition_cost"], 2), amount(r["gross_margin"], 2),
        )  # fmt: skip
    return table


def default_folder() -> Path:
    """``var/demo`` where the command is run; a temporary folder where that cannot be written."""
    here = Path.cwd() / "var" / "demo"
    return here if os.access(Path.cwd(), os.W_OK) else Path(tempfile.mkdtemp(prefix="vigie-demo-"))
