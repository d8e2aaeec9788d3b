"""What Airflow alone knows of a night, that it is late or given up, told to the brand's people by their channels.

A night that is late is the same incident that ``vigie watch`` raises: whoever sees it first tells, once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import AsyncCallback, BaseNotifier, DeadlineAlert, DeadlineReference  # type: ignore[attr-defined]

from pipeline.errors import NightBroken
from pipeline.plugin.brand import project
from pipeline.plugin.nights import night_of
from pipeline.plugin.words import WORDS

LATE = "night_not_finished"


class VigieNotifier(BaseNotifier):
    """``on_failure_callback=VigieNotifier()`` of a DAG, or the callback of its deadline."""

    def notify(self, context: Mapping[str, Any]) -> None:
        """A run failed. Its last task has told people why, unless Airflow gave it up: then that task is not run."""
        if context.get("reason") != "timed_out":
            return
        from pipeline import steps

        brand, dag = project(), context["dag"]
        words = WORDS.get(brand.settings.language, WORDS["en"])
        what = f"{dag.dag_id} ({words['given_up'].format(minutes=int(dag.dagrun_timeout.total_seconds() // 60))})"
        with contextlib.suppress(NightBroken):
            steps.tell(brand, night_of(context, brand.settings.zone), failed=[what])

    async def async_notify(self, context: Mapping[str, Any]) -> None:
        """A deadline has passed. In the triggerer, whose other triggers go on meanwhile."""
        from asgiref.sync import sync_to_async

        await sync_to_async(_tell_late)(context)


def _tell_late(context: Mapping[str, Any]) -> None:
    from pipeline import steps

    brand = project()
    steps.tell_late(brand, night_of(context, brand.settings.zone), what=LATE)


def deadline(after: timedelta) -> DeadlineAlert:
    """The alert of a DAG whose runs should have ended ``after`` they were due."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=after, callback=AsyncCallback(VigieNotifier), name=LATE
    )
