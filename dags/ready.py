"""Airflow that is ready before it is asked: ``airflow dags test vigie_nightly`` without the wait.

Importing Airflow and building the execution API that a test run talks to take longer than a small
brand's night. This process makes Airflow's tables and does both while others work; then it reads one
line from its input, the logical date, and becomes ``airflow dags test vigie_nightly DATE``. The end of
its input without a line means that nobody needs it any more.
"""

from __future__ import annotations

import os
import sys

from dags import commands


def main() -> None:
    """Prepare, wait for the date, run. Ends as Airflow's own command would."""
    os.nice(10)  # the nights that are replayed meanwhile come first
    commands.run("db", "migrate")
    _prepare()
    if logical_date := sys.stdin.readline().strip():
        commands.run("dags", "test", "vigie_nightly", logical_date)


def _prepare() -> None:
    """What the run would do first: the routes of the execution API are built at its first request."""
    import httpx
    from airflow.sdk.execution_time.supervisor import in_process_api_server

    from pipeline import steps

    transport = in_process_api_server().transport
    with httpx.Client(base_url="http://in-process.invalid", transport=transport) as client:
        client.get("/health")
    steps.prepare()


if __name__ == "__main__":
    main()
