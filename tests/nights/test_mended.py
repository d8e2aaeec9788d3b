"""A night that was read by laxer suites and by stricter code than today's: judged as it was known, and let in anew.

Of one page the night said less than nothing, and no suite forbade it. Posts that nobody ever shared did not fit. The
page was read again since, and the code no longer asks for shares.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests
from typer.testing import CliRunner

from pipeline import simulator, steps, warehouse
from pipeline.cli import app
from pipeline.errors import QualityError
from pipeline.steps import gates
from pipeline.steps.project import resource_folder
from pipeline.streams import Source
from tests.nights.replaying import Replay, replay
from tests.quality.clean_brand import EXPECTATIONS

PAGE = "104001"


@dataclass
class Mended:
    """The brand, its night, the project of then, and the moment after everything was mended."""

    played: Replay
    night: date
    before: steps.Project
    later: datetime

    @property
    def project(self) -> steps.Project:
        return self.played.project

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with warehouse.open_reader(self.project.settings.paths.warehouse) as con:
            return con.execute(sql).fetchall()

    def vigie(self, *words: str) -> Any:
        return CliRunner().invoke(
            app, [*words, "-c", str(self.project.settings.file)], env={**os.environ, **simulator.environment()}
        )


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mended]:
    with replay(Path(tmp_path_factory.mktemp("mended")), platforms=("facebook",), nights=10) as played:
        night, last = played.world.nights[-3], played.world.nights[-1]
        told = {"platform": "facebook", "kind": "negative_counts", "path": PAGE, "night": night.isoformat()}
        requests.post(f"{played.url}/__sim/inject", json=told, timeout=10).raise_for_status()
        before = asks_for_shares(played.project)
        now = played.clock(night)
        with gates_of(only_warning(played.folder / "lax")):
            assert steps.run(before, night, now=lambda: now).error is None
        later = played.clock(last)
        steps.fetch_all(before, steps.plan(before, night), now=lambda: later)
        steps.load(before, night, now=lambda: later)
        steps.transform(before, night, now=lambda: later)
        yield Mended(played, night, before, later)


def asks_for_shares(project: steps.Project) -> steps.Project:
    """Code that takes a post without shares for none."""
    source = project.sources["facebook"]
    streams = tuple(
        replace(stream, key=("id", "shares")) if stream.name == "posts" else stream for stream in source.STREAMS
    )
    stricter = cast("Source", SimpleNamespace(**{**vars(source), "STREAMS": streams}))
    return replace(project, sources={**project.sources, "facebook": stricter})


@contextmanager
def gates_of(suites: Path) -> Iterator[None]:
    """While it lasts both gates go by the suites in this folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gates, "_gates", [])
        patch.setattr(
            gates, "resource_folder", lambda name: suites if name == "expectations" else resource_folder(name)
        )
        yield


def only_warning(folder: Path) -> Path:
    """Suites of which no expectation sets anything aside."""
    shutil.copytree(EXPECTATIONS, folder)
    for file in folder.glob("*.json"):
        file.write_text(file.read_text("utf-8").replace('"critical"', '"warning"'), encoding="utf-8")
    return folder


def test_a_record_that_still_does_not_fit_stays_and_the_night_stays_as_it_was(mended: Mended) -> None:
    entries = [each for each in steps.quarantine(mended.before) if each.stream == "posts"]
    rows = mended.ask("from raw.facebook_posts order by all")
    done = steps.release_quarantined(mended.before, entries[0].id, "a try", "ada", now=lambda: mended.later)
    assert (done.outcome, done.why) == ("set aside", ("no value for shares",))
    assert mended.ask("select distinct state from ops.ledger") == [("passed",)]
    assert mended.ask("from raw.facebook_posts order by all") == rows
    assert entries[0] in steps.quarantine(mended.before)


def test_a_record_that_the_gate_refuses_stays_and_does_not_take_the_night_with_it(mended: Mended) -> None:
    [entry, *_] = [each for each in steps.quarantine(mended.project) if each.stream == "posts"]
    refusing = mended.played.folder / "refusing"
    shutil.copytree(EXPECTATIONS, refusing)
    suite = refusing / "staging.facebook_post_snapshot.json"
    content = json.loads(suite.read_text("utf-8"))
    rule = next(each for each in content["expectations"] if each["id"] == "counters_in_range")
    rule["kwargs"]["unexpected_rows_query"] = "select platform, account, day from {batch} where account = '104001'"
    suite.write_text(json.dumps(content), encoding="utf-8")
    with gates_of(refusing):
        done = steps.release_quarantined(mended.project, entry.id, "a try", "ada", now=lambda: mended.later)
    assert done.outcome == "set aside"
    assert any("counters_in_range" in why for why in done.why)
    assert mended.ask("select distinct state from ops.ledger") == [("passed",)]
    assert entry in steps.quarantine(mended.project)


def test_records_of_nights_that_had_passed_are_read_again_and_let_in_once_they_fit(mended: Mended) -> None:
    entries = {each.account: each for each in steps.quarantine(mended.project) if each.stream == "posts"}
    assert len(entries) == 2
    held = mended.ask("select count(distinct id) from raw.facebook_posts")[0][0]
    for entry in entries.values():
        done = steps.release_quarantined(mended.project, entry.id, "shares may miss", "ada", now=lambda: mended.later)
        assert (done.outcome, done.why) == ("passed", ())
        with warehouse.open_reader(mended.project.settings.paths.warehouse) as con:
            assert [line.outcome for line in warehouse.acts(con, entry.id)][:1] == ["passed"]
    assert mended.ask("select distinct state from ops.ledger") == [("passed",)]
    assert mended.ask("select count(distinct id) from raw.facebook_posts")[0][0] > held
    assert [each for each in steps.quarantine(mended.project) if each.stream == "posts"] == []
    steps.transform(mended.project, mended.night, now=lambda: mended.later)
    assert mended.ask("select count(distinct account) from kpi.post") == [(2,)]


def test_what_was_mended_holds_now_and_failed_as_it_was_known(mended: Mended) -> None:
    now = steps.validate(mended.project, mended.night, run_id="r1")
    then = steps.validate_as_of(mended.project, mended.night, run_id="r2")
    assert now.critical == ()
    assert then.generation is not None
    broken = {(row["gate"], row["table"], row["expectation"]) for row in then.results if not row["success"]}
    assert (1, "staging.facebook_account_day", "counters_in_range") in broken
    assert any(gate == 2 for gate, _, _ in broken)
    assert {row["table"] for row in then.results} >= {row["table"] for row in now.results}


def test_the_command_tells_it_changes_nothing_and_ends_with_the_code_of_a_failed_gate(mended: Mended) -> None:
    folder = mended.project.settings.paths.warehouse
    before = folder.read_bytes(), sorted(folder.parent.iterdir())
    told = mended.vigie("validate", "--as-of", mended.night.isoformat())
    assert told.exit_code == 5, told.output
    assert "counters_in_range" in told.stdout
    assert (folder.read_bytes(), sorted(folder.parent.iterdir())) == before
    assert mended.vigie("validate", "--night", mended.night.isoformat()).exit_code == 0


def test_as_json_every_outcome_is_there(mended: Mended) -> None:
    told = json.loads(mended.vigie("validate", "--as-of", mended.night.isoformat(), "--json").stdout)
    assert told["passed"] is False
    assert (
        len(told["critical"])
        == sum(not row["success"] and row["severity"] == "critical" for row in told["results"])
        > 0
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as-of", "2020-01-01"), "nothing was known of the night"),
        (("--as-of", "2026-01-01", "--night", "2026-01-01"), "one of the two"),
    ],
)
def test_a_night_that_is_not_known_or_two_of_them_are_refused(
    mended: Mended, words: tuple[str, ...], said: str
) -> None:
    told = mended.vigie("validate", *words)
    assert told.exit_code == 2
    assert said in told.output


def test_what_slipped_past_the_first_gate_is_taken_back_by_the_second_and_readers_keep_what_they_had(
    mended: Mended,
) -> None:
    """Levels below nothing, written into the raw table by a stranger's hand."""
    paths, storage = mended.project.settings.paths, mended.project.settings.storage
    marts = "select count(*), sum(hash(t)) from kpi.account_daily as t"
    before = mended.ask(marts), (paths.publication / "current").readlink()
    with warehouse.open_warehouse(paths.warehouse, storage, sealed=False, command="plant", night=None) as con:
        con.execute("update raw.facebook_page_insights set value = -5")
    with pytest.raises(QualityError, match="nothing was changed"):
        steps.transform(mended.project, mended.night, now=lambda: mended.later, full=True)
    assert (mended.ask(marts), (paths.publication / "current").readlink()) == before
    told = mended.ask(
        'select distinct "table" from quality.result'
        f" where night = date '{mended.night}' and gate = 2 and not success and severity = 'critical'"
    )
    assert ("kpi.account_daily",) in told
    assert mended.ask(f"select state from quality.run where night = date '{mended.night}' and step = 'transform'") == [
        ("failed",)
    ]
