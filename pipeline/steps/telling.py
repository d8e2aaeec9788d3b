"""Every step tells what it reads and writes, as lineage events; what becomes of them never touches the step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.http import one_line, redact
from pipeline.lineage import Dataset, Kind, Outbox, Run, event, events_file, parent_of
from pipeline.settings import Settings
from pipeline.steps.project import Project

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """A run within a step: what it read and wrote, and why it failed, where it did."""

    job: str
    inputs: Sequence[Dataset]
    outputs: Sequence[Dataset] = ()
    error: str | None = None


@dataclass
class Telling:
    """What a step says of itself while it runs; what is costly to say is given as a function, and may not be asked.

    ``parts`` give runs within the step.
    """

    inputs: Callable[[], Sequence[Dataset]] = tuple
    outputs: Callable[[], Sequence[Dataset]] = tuple
    parts: list[Callable[[], Sequence[Part]]] = field(default_factory=list)
    generation: str | None = None


@contextmanager
def telling(project: Project, step: str, night: date, *, now: Callable[[], datetime]) -> Iterator[Telling]:
    """START when the block begins, COMPLETE or FAIL when it ends; errors of the block go on as they are."""
    told = Telling()
    settings = project.settings
    if not settings.lineage.events:
        yield told
        return
    outbox = _outbox(settings)
    run = Run(
        step, settings.brand, night, settings.time_zone, now(), __version__, parent=parent_of(settings.brand, night)
    )
    _say(outbox, run, "START", told, now)
    try:
        yield told
    except BaseException as error:
        _say(outbox, run, "FAIL", told, now, error=one_line(redact(f"{type(error).__name__}: {error}")))
        outbox.flush()
        raise
    _say(outbox, run, "COMPLETE", told, now)
    outbox.flush()


def _say(
    outbox: Outbox, run: Run, kind: Kind, told: Telling, now: Callable[[], datetime], error: str | None = None
) -> None:
    try:
        at = now().astimezone(UTC)
        inputs, outputs = (told.inputs(), told.outputs()) if kind == "COMPLETE" else ((), ())
        events = [event(kind, run, at, inputs=inputs, outputs=outputs, error=error, generation=told.generation)]
        events += [_ended(run, part, at) for parts in told.parts if kind != "START" for part in parts()]
        outbox.put(events)
    except Exception as fault:  # noqa: BLE001 - a night does not end because nobody could say what it read
        log.warning("lineage of %s is not told: %s", run.job, one_line(redact(f"{type(fault).__name__}: {fault}")))


def _ended(run: Run, part: Part, at: datetime) -> Any:
    kind: Kind = "COMPLETE" if part.error is None else "FAIL"
    return event(kind, run.part(part.job), at, inputs=part.inputs, outputs=part.outputs, error=part.error)


def _outbox(settings: Settings) -> Outbox:
    key = settings.lineage.api_key
    return _one_outbox(str(events_file(settings.paths.state)), settings.lineage.url, key.reveal() if key else None)


@cache
def _one_outbox(file: str, url: str | None, api_key: str | None) -> Outbox:
    return Outbox(Path(file), url, api_key)
