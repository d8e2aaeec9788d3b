"""What Airflow alone sees of a night: that it is late, told once whoever else sees it; that it is given up."""

from __future__ import annotations

import json
import os
import time
from datetime import timedelta
from unittest.mock import patch

import pytest

from pipeline import steps
from tests.airflow.by_hand import NIGHTS
from tests.airflow.stage import Stage

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("airflow"), pytest.mark.timeout(1800)]

# Nothing of it is there.
NIGHT = NIGHTS[2] + timedelta(days=30)


def about(airflow: Stage) -> list[str]:
    """What was said of the night, message by message."""
    said = [json.dumps(message, ensure_ascii=False) for message in airflow.alerts]
    return [message for message in said if NIGHT.isoformat() in message]


def until_told(airflow: Stage, words: str) -> str:
    until = time.monotonic() + 300
    while not (found := [message for message in about(airflow) if words in message]):
        assert time.monotonic() < until, f"nobody was told: {about(airflow)}"
        time.sleep(0.2)
    return found[0]


@pytest.fixture(scope="module")
def late(airflow: Stage) -> Stage:
    """A run that dawdles for ten minutes; it is late after a second, and Airflow gives it up after a minute."""
    airflow.airflow.ask("POST", "dags/late_night/dagRuns", {"logical_date": None, "conf": {"night": NIGHT.isoformat()}})
    until_told(airflow, NIGHT.isoformat())
    return airflow


def test_a_missed_deadline_is_told_by_the_channels_of_the_settings(late: Stage) -> None:
    assert "n’a pas commencé" in about(late)[0], "nothing of the night is there"


def test_who_sees_it_from_outside_tells_nobody_again(late: Stage) -> None:
    with patch.dict(os.environ, late.airflow.environment, clear=True):
        project = steps.open_project(late.folder / "vigie.toml", os.environ, require_secrets=False)
    assert steps.tell_late(project, NIGHT, what="night_not_started").deliveries == ()
    assert len(about(late)) == 1


def test_a_run_that_airflow_gives_up_is_told_although_its_last_task_is_not_run(late: Stage) -> None:
    told = until_told(late, "late_night (abandonnée après 1 min)")
    assert json.loads(told)["type"] == "failure"
