"""A whole night, or many, in one process: the same steps that the scheduler's tasks call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from pipeline.errors import VigieError
from pipeline.steps.fetch import Fetched, fetch_all
from pipeline.steps.gates import prepare
from pipeline.steps.load import Loaded, load
from pipeline.steps.plan import plan
from pipeline.steps.project import Project, held
from pipeline.steps.publishing import Published, publish_night
from pipeline.steps.tell import Told, tell, write_report
from pipeline.steps.transform import Transformed, transform

Progress = Callable[[str], None]
_Fetch = tuple[Callable[[], datetime], tuple[Fetched, ...]]

# Nights of a replay that are fetched while earlier ones are built: a platform that makes us wait holds up nobody.
AHEAD = 7


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

    Nobody reads the publications between; each would copy all of history. While a night is built the
    next ones are fetched. ``clock`` is called before a night is fetched and gives the clock of its steps.
    Raises the errors of ``publish_night``; errors of single nights are in the result.
    """
    done = []
    with _fetched_ahead(project, nights, clock) as fetching:
        prepare()
        for night in nights:
            on_step(night, "fetch")
            now, fetched = next(fetching)
            waits = night != nights[-1]
            done.append(
                _finish(project, night, fetched, now=now, on_step=partial(on_step, night), readers=False, waits=waits)
            )
            on_night(done[-1])
    last = nights[-1]
    on_step(last, "publish")
    published = publish_night(project, last, now=now)
    return Replay(tuple(done), published, write_report(project))


@contextmanager
def _fetched_ahead(
    project: Project, nights: Sequence[date], clock: Callable[[date], Callable[[], datetime]]
) -> Iterator[Iterator[_Fetch]]:
    """Nights in their order as they are fetched, one after the other, at most ``AHEAD`` before they are asked for."""

    def each() -> Iterator[_Fetch]:
        waiting = deque(thread.submit(_fetch, project, night, clock) for night in nights[:AHEAD])
        for following in (*nights[AHEAD:], *[None] * len(waiting)):
            yield waiting.popleft().result()
            if following is not None:
                waiting.append(thread.submit(_fetch, project, following, clock))

    thread = ThreadPoolExecutor(1, "fetch")
    try:
        yield each()
    finally:
        thread.shutdown(cancel_futures=True)


def run(project: Project, night: date, *, now: Callable[[], datetime], on_step: Progress = lambda _: None) -> Night:
    """Fetch, load, check, transform, publish, report, alert. A failed step ends in telling, never in silence."""
    on_step("fetch")
    fetched = tuple(fetch_all(project, plan(project, night), now=now))
    return _finish(project, night, fetched, now=now, on_step=on_step, readers=True)


def _fetch(project: Project, night: date, clock: Callable[[date], Callable[[], datetime]]) -> _Fetch:
    """A night's clock, and what was fetched by it."""
    now = clock(night)
    return now, tuple(fetch_all(project, plan(project, night), now=now))


def _finish(
    project: Project,
    night: date,
    fetched: tuple[Fetched, ...],
    *,
    now: Callable[[], datetime],
    on_step: Progress,
    readers: bool,
    waits: bool = False,
) -> Night:
    """Everything after fetching; without ``readers`` nothing is published and no report written.

    ``waits``: another night follows before anything is published.
    """
    loaded = transformed = published = None
    failed: list[str] = []
    error: VigieError | None = None
    try:
        with held(project, command="run", night=night):
            on_step("load")
            loaded = load(project, night, now=now)
            on_step("transform")
            transformed = transform(project, night, readers=not waits, now=now)
            if readers:
                on_step("publish")
                published = publish_night(project, night, now=now)
    except VigieError as caught:
        error = caught
        failed.append("publish" if transformed else "transform" if loaded else "load")
    on_step("report")
    told = None
    try:
        told = tell(project, night, failed=failed, readers=readers, now=now)
    except VigieError as caught:
        error = error or caught
    return Night(night, fetched, loaded, transformed, published, told, error)


def nights(since: date, until: date) -> Iterator[date]:
    """Every night from ``since`` to ``until``, both included, oldest first."""
    for offset in range((until - since).days + 1):
        yield since + timedelta(days=offset)
