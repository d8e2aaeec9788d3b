"""Whose run the steps of a night belong to."""

from __future__ import annotations

from datetime import date

from pipeline.lineage import parent_of

NIGHT = date(2026, 11, 2)


def test_by_hand_all_steps_of_a_night_belong_to_the_night() -> None:
    assert parent_of("Atelier", NIGHT, {}) == parent_of("Atelier", NIGHT, {})
    assert parent_of("Atelier", NIGHT, {})[0] == "night"
    assert parent_of("Atelier", NIGHT, {}) != parent_of("Atelier", date(2026, 11, 3), {})


def test_in_airflow_they_belong_to_the_run_of_the_dag() -> None:
    task = {"AIRFLOW_CTX_DAG_ID": "vigie_nightly", "AIRFLOW_CTX_DAG_RUN_ID": "scheduled__2026-11-02"}
    job, run = parent_of("Atelier", NIGHT, task)
    assert job == "vigie_nightly"
    assert run == parent_of("Another", date(2020, 1, 1), task)[1]
    assert run != parent_of("Atelier", NIGHT, task | {"AIRFLOW_CTX_DAG_RUN_ID": "manual"})[1]
