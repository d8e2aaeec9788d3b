"""A whole night, or many, in one process: the same steps that the scheduler's tasks call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from pipeline.errors import VigieError
from pipeline.steps.fetch import Fetched, fetch_all
from pipeline.steps.load import Loaded, load
from pipeline.steps.plan import plan
from pipeline.steps.project import Project, held
from pipeline.steps.publishing import Published, publish_night
from pipeline.steps.tell import Told, tell, write_report
from pipeline.steps.transform import Transformed, transform

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Night:
    """What became of one night; ``error`` is set when it is broken (people were told)."""

    night: date
    fetched: tuple[Fetched, ...]
    loaded: Loaded | None = None
    transformed: Transformed | None = None
    published: Published | None = None
    told: Told | None = None
    error: VigieError | None = None


@dataclass(frozen=True)
class Replay:
    """What became of many nights, and the one publication after the last of them."""

    nights: tuple[Night, ...]
    published: Published
    report: Path | None

    @property
    def broken(self) -> tuple[Night, ...]:
        return tuple(done for done in self.nights if done.error is not None)


def replay(
    project: Project,
    nights: Sequence[date],
    *,
    clock: Callable[[date], Callable[[], datetime]],
    on_step: Callable[[date, str], None] = lambda _, __: None,
    on_night: Callable[[Night], None] = lambda _: None,
) -> Replay:
    """Every night of ``nights`` as ``run`` does it, but shown to readers once, after the last one.

    Nobody reads the publications between; each would copy all of history. ``clock`` gives the clock of
    each night's steps. Raises the errors of ``publish_night``; errors of single nights are in the result.
    """
    done = []
    for night in nights:
        done.append(run(project, night, now=clock(night), on_step=partial(on_step, night), readers=False))
        on_night(done[-1])
    last = nights[-1]
    on_step(last, "publish")
    published = publish_night(project, last, now=clock(last))
    return Replay(tuple(done), published, write_report(project))


def run(
    project: Project,
    night: date,
    *,
    now: Callable[[], datetime],
    on_step: Progress = lambda _: None,
    readers: bool = True,
) -> Night:
    """Fetch, load, check, transform, publish, report, alert. A failed step ends in telling, never in silence.

    Without ``readers`` nothing is published and no report written: see ``replay``.
    """
    on_step("fetch")
    fetched = tuple(fetch_all(project, plan(project, night), now=now))
    loaded = transformed = published = None
    failed: list[str] = []
    error: VigieError | None = None
    try:
        with held(project, command="run", night=night):
            on_step("load")
            loaded = load(project, night, now=now)
            on_step("transform")
            transformed = transform(project, night, now=now)
            if readers:
                on_step("publish")
                published = publish_night(project, night, now=now)
    except VigieError as caught:
        error = caught
        failed.append("publish" if transformed else "transform" if loaded else "load")
    on_step("report")
    told = None
    try:
        told = tell(project, night, failed=failed, readers=readers)
    except VigieError as caught:
        error = error or caught
    return Night(night, fetched, loaded, transformed, published, told, error)


def nights(since: date, until: date) -> Iterator[date]:
    """Every night from ``since`` to ``until``, both included, oldest first."""
    for offset in range((until - since).days + 1):
        yield since + timedelta(days=offset)
