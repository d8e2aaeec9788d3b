"""The name by which Airflow knows a machine, on one that plays several."""

from __future__ import annotations

import os


def name() -> str:
    return os.environ["VIGIE_TEST_MACHINE"]
