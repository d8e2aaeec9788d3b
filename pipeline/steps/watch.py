"""The watch from outside: whatever should have run the night may be dead, the warehouse locked or gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipeline import alerts
from pipeline.alerts import Delivery, Incident, open_store, stamp
from pipeline.steps.noticed import between_nights
from pipeline.steps.project import Project, last_night
from pipeline.steps.tell import sender

_BEAT = "watch"


@dataclass(frozen=True)
class Watched:
    """What is open, what was sent now, and how many messages wait for their channel."""

    at: str
    before: str | None
    incidents: tuple[Incident, ...]
    sent: tuple[Delivery, ...]
    waiting: int

    @property
    def is_well(self) -> bool:
        return not self.waiting and all(one.severity != "critical" for one in self.incidents)


def watch(project: Project, *, now: Callable[[], datetime]) -> Watched:
    """Look once at what needs no warehouse and no scheduler, tell, and send what waits.

    ``before`` is when somebody watched the last time. Raises ConfigError where the state cannot be kept.
    """
    moment, settings = now(), project.settings
    noticed = between_nights(project, moment)
    sent = alerts.tell(sender(project), noticed, night=last_night(settings, moment), now=now)
    with open_store(settings.paths.state) as store:
        before = store.value("select at from beat where name = ?", _BEAT)
        with store.change() as con:
            con.execute("insert or replace into beat values (?, ?)", [_BEAT, stamp(moment)])
        open_ones = tuple(store.incidents("ended_at is null"))
        waiting = int(store.value("select count(*) from message where state in ('due', 'sending')"))
    return Watched(stamp(moment), before, open_ones, sent, waiting)
