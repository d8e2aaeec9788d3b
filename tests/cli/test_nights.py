"""The commands of a night, from an empty folder to a publication, against the simulated platforms."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from pipeline import simulator
from pipeline.cli import app
from pipeline.simulator.world import LAST_NIGHT
from pipeline.warehouse import lock

NIGHTS = 8
FIRST, SECOND, THIRD, FOURTH = (LAST_NIGHT - timedelta(days=NIGHTS - 1 - ahead) for ahead in range(4))
ACCOUNTS = {"facebook/104001", "facebook/104002", "matomo/1", "woocommerce/boutique", "wordpress/journal"}


@dataclass
class Desk:
    """A person's terminal: a folder with settings, the simulated platforms, and the secrets."""

    folder: Path
    server: simulator.Server

    def type(self, *words: str, answer: str | None = None) -> Result:
        environment = simulator.environment()
        settings = str(self.folder / "vigie.toml")
        return CliRunner().invoke(app, [*words, "-c", settings], env=environment, input=answer)

    def at(self, night: date, *words: str) -> Result:
        """Type a command in the morning after a night."""
        self.server.night(night)
        return self.type(*words, "--night", night.isoformat())

    def told(self, night: date, *words: str) -> Any:
        done = self.at(night, *words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("brand")
    with simulator.serve(nights=NIGHTS) as server:
        desk = Desk(folder, server)
        written = desk.type("simulate", "settings", "--base", server.url, "--to", str(folder / "vigie.toml"))
        assert written.exit_code == 0
        yield desk


@pytest.fixture(scope="module")
def published(desk: Desk) -> dict[str, Any]:
    """What each command of the first night said, in the order of a night."""
    return {name: desk.told(FIRST, name) for name in ("plan", "fetch", "load", "transform", "validate", "publish")}


def test_plan_shows_every_account_and_the_days_it_reads(published: dict[str, Any]) -> None:
    assert {f"{unit['platform']}/{unit['account']}" for unit in published["plan"]} == ACCOUNTS
    assert all(unit["until"] == unit["night"] == FIRST.isoformat() for unit in published["plan"])


def test_fetch_lands_every_account(published: dict[str, Any]) -> None:
    assert {f"{unit['platform']}/{unit['account']}" for unit in published["fetch"]} == ACCOUNTS
    assert all(unit["error"] is None and unit["folder"] for unit in published["fetch"])


def test_load_says_what_was_stored(published: dict[str, Any]) -> None:
    records = sum(unit["records"] for unit in published["fetch"])
    assert published["load"]["records"] == published["load"]["stored"] == records > 0


def test_validate_gives_every_expectation(published: dict[str, Any]) -> None:
    assert published["validate"]["passed"] is True
    assert len(published["validate"]["results"]) > 10


def test_transform_and_publish_say_what_was_built(published: dict[str, Any], desk: Desk) -> None:
    assert published["transform"]["full"] is True
    assert published["publish"]["new"] is True
    assert Path(published["publish"]["path"]).is_relative_to(desk.folder)


def test_status_says_what_readers_see_and_how_far_each_account_is(published: dict[str, Any], desk: Desk) -> None:
    found = json.loads(desk.type("status", "--json").stdout)
    assert found["publication"] == {
        **{name: published["publish"][name] for name in ("path", "parquet", "generation", "night")},
        "published_at": found["publication"]["published_at"],
    }
    assert {f"{one['platform']}/{one['account']}" for one in found["sources"]} == ACCOUNTS
    assert all((one["last_night"], one["state"]) == (FIRST.isoformat(), "passed") for one in found["sources"])
    assert found["last_run"]["night"] == FIRST.isoformat()
    assert "boutique" in desk.type("status").stdout


def test_publishing_the_same_again_says_that_nothing_changed(published: dict[str, Any], desk: Desk) -> None:
    done = desk.at(FIRST, "publish")
    assert done.exit_code == 0
    assert f"nothing changed, generation {published['publish']['generation']} stays" in done.stdout


def test_rollback_without_an_earlier_publication_is_refused(published: dict[str, Any], desk: Desk) -> None:
    done = desk.type("rollback", "--yes")
    assert done.exit_code == 7
    assert "there is no earlier publication" in done.stderr


def test_a_whole_night_and_the_way_back(published: dict[str, Any], desk: Desk) -> None:
    night = desk.told(SECOND, "run")
    assert night["error"] is None
    assert night["published"]["generation"] > published["publish"]["generation"]

    before, now = published["publish"]["generation"], night["published"]["generation"]
    looked = desk.type("rollback", "--dry-run")
    assert looked.exit_code == 0
    assert before in looked.stdout
    assert "nothing was changed" in looked.stdout
    assert generation(desk) == now

    refused = desk.type("rollback", answer="n\n")
    assert refused.exit_code == 1
    assert generation(desk) == now

    done = desk.type("rollback", "--yes")
    assert done.exit_code == 0
    assert generation(desk) == before

    report = desk.folder / "page.html"
    assert desk.type("report", "--out", str(report)).exit_code == 0
    assert "Atelier Marin" in report.read_text(encoding="utf-8")


def test_a_backfill_reads_the_days_before_the_first_night_and_publishes_once(
    published: dict[str, Any], desk: Desk
) -> None:
    desk.server.night(FOURTH)
    before = set((desk.folder / "var/published/generations").iterdir())
    since = FIRST - timedelta(days=60)
    done = desk.type("backfill", "--from", since.isoformat(), "--to", FOURTH.isoformat())
    assert done.exit_code == 0, done.output
    assert "facebook/104001: the days from" in done.stderr
    assert len(set((desk.folder / "var/published/generations").iterdir()) - before) == 1
    status = json.loads(desk.type("status", "--json").stdout)
    with duckdb.connect(status["publication"]["path"], read_only=True) as con:
        days = con.execute("select min(day), max(day) from kpi.account_daily where impressions is not null").fetchone()
    assert days is not None
    assert days[0] == since
    again = desk.type("backfill", "--from", since.isoformat(), "--to", FOURTH.isoformat(), "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout) == []


def generation(desk: Desk) -> str:
    return str(json.loads(desk.type("status", "--json").stdout)["publication"]["generation"])


def test_a_second_writer_is_told_who_holds_the_warehouse(desk: Desk) -> None:
    (desk.folder / "var").mkdir(exist_ok=True)
    with lock.hold(desk.folder / "var/warehouse.duckdb", command="load", night=FIRST):
        done = desk.at(FIRST, "load")
    assert done.exit_code == 8
    assert f"held by pid {os.getpid()}" in done.stderr
    assert "Wait until the other command has ended" in done.stderr


def test_a_landing_that_takes_no_file_stops_a_night_before_any_request(desk: Desk, tmp_path: Path) -> None:
    settings = tmp_path / "vigie.toml"
    settings.write_text((desk.folder / "vigie.toml").read_text().replace('"var/landing"', '"/proc/landing"'))
    for words in (["fetch"], ["run"]):
        command = [*words, "--night", FIRST.isoformat(), "-c", str(settings)]
        done = CliRunner().invoke(app, command, env=simulator.environment())
        assert done.exit_code == 2
        assert "nothing was fetched: landing: /proc" in done.stderr


def test_a_rehearsed_backfill_reads_nothing(desk: Desk) -> None:
    since = FIRST - timedelta(days=800)
    done = desk.type("backfill", "--from", since.isoformat(), "--source", "facebook", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "the platform gives nothing of the days before" in done.stderr
    # Two years in two stretches, newest first, for both pages.
    assert done.stdout.count("facebook") == 4
    assert not list((desk.folder / "var/landing").glob(f"*/*/{since.year - 1}-*"))


def test_a_backfill_the_wrong_way_round_is_refused(desk: Desk) -> None:
    done = desk.type("backfill", "--from", LAST_NIGHT.isoformat(), "--to", FIRST.isoformat())
    assert done.exit_code == 2
    assert "is after --to" in done.stderr


def test_a_night_that_is_not_over_is_remarked(desk: Desk) -> None:
    done = desk.type("plan", "--night", "2999-01-01", "--json")
    assert done.exit_code == 0
    assert "the night of 2999-01-01 is not over in Europe/Paris" in done.stderr
    assert len(json.loads(done.stdout)) == len(ACCOUNTS)


def test_the_doctor_finds_every_simulated_account_well(desk: Desk) -> None:
    found = json.loads(desk.type("doctor", "--json").stdout)
    states = {one["subject"]: one["state"] for one in found["findings"] if one["area"] == "credentials"}
    assert states == dict.fromkeys(ACCOUNTS, "ok")


def test_a_refused_credential_is_found_by_the_doctor(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, environment = str(desk.folder / "vigie.toml"), simulator.environment()
    environment["VIGIE_SIM_MATOMO_TOKEN"] = "0123456789abcdef-not-the-token"
    done = CliRunner().invoke(app, ["-c", settings, "doctor", "--json"], env=environment)
    assert done.exit_code == 1
    (matomo,) = [one for one in json.loads(done.stdout)["findings"] if one["subject"] == "matomo/1"]
    assert (matomo["state"], matomo["advice"]) == ("fail", "renew the credential or its permission")
    assert "not-the-token" not in done.output


def test_one_account_that_fails_ends_fetch_with_its_code_and_leaves_the_others(desk: Desk) -> None:
    environment = simulator.environment() | {"VIGIE_SIM_MATOMO_TOKEN": "not-the-token"}
    desk.server.night(THIRD)
    words = ["-c", str(desk.folder / "vigie.toml"), "fetch", "--night", THIRD.isoformat(), "--json"]
    done = CliRunner().invoke(app, words, env=environment)
    assert done.exit_code == 3
    errors = {f"{one['platform']}/{one['account']}": one["error"] for one in json.loads(done.stdout)}
    assert errors == dict.fromkeys(ACCOUNTS, None) | {"matomo/1": "SourceRefused"}


def test_the_truth_of_a_table_is_written(tmp_path: Path) -> None:
    out = tmp_path / "truth.csv"
    words = ["simulate", "truth", "kpi.account_daily", "--format", "csv", "--nights", "3", "--out", str(out)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert out.read_text(encoding="utf-8").startswith("platform,account,day,")


def test_the_truth_of_no_table_names_those_that_exist() -> None:
    done = CliRunner().invoke(app, ["simulate", "truth", "kpi.everything"])
    assert done.exit_code == 2
    assert "kpi.account_daily" in done.stderr


def test_the_settings_of_the_simulated_brand_name_secrets_that_a_shell_can_set() -> None:
    named = re.findall(r'"env:(\w+)"', CliRunner().invoke(app, ["simulate", "settings"]).stdout)
    lines = CliRunner().invoke(app, ["simulate", "settings", "--exports"]).stdout.splitlines()
    assert named
    assert {f"export {name}" for name in named} <= {line.split("=")[0] for line in lines}
