"""What the nights told of an account on a network that is a community: the parts that all of them share.

A platform's module says what its answers show; here is what a reader knows after them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import COUNTERS, Account, DayFacts, Facts, PostFacts, ResponseFacts, Snapshot
from pipeline.simulator.truth.observations import Log, Seen, Unit, days_of, naive
from pipeline.simulator.world.calendar import midnight
from pipeline.simulator.world.community import Community, Response, Story

Counts = Mapping[str, int | None]
# What of a post can change without being a counter.
Shown = tuple[Story, datetime | None]


@dataclass
class Reading:
    """The logs of one account while its nights are read.

    ``account`` is the world's, ``known_as`` the settings' where that is another; ``id_of`` gives the
    platform's id of a post or response, ``zone`` is its reporting day's.
    """

    account: Account
    community: Community
    zone: ZoneInfo
    id_of: Callable[[Story | Response], str]
    posts: Log[str, tuple[Story, object]] = field(default_factory=Log)
    counts: Log[str, Counts] = field(default_factory=Log)
    comments: Log[str, Response] = field(default_factory=Log)
    days: dict[str, Log[date, int]] = field(default_factory=dict)
    known_as: Account = ("", "")

    def __post_init__(self) -> None:
        self.known_as = self.known_as if any(self.known_as) else self.account

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def listed(self, unit: Unit) -> list[Story]:
        """The posts of the unit's window that are there at its night, newest first."""
        begin, end = midnight(unit.since, self.zone), midnight(unit.night + timedelta(days=1), self.zone)
        return list(self.community.stories(self.account[1], unit.night, begin, end))

    def see_posts(self, unit: Unit, shown: Mapping[str, tuple[Story, object]]) -> None:
        """Take in a list that is complete within the window: what it lacks was deleted.

        ``shown`` maps ids to the post and whatever else the platform shows of it that may change; both
        together are one record, so counters that stand in the same record belong there.
        """
        self.posts.observe(unit, shown, inside=lambda _, each: unit.covers(self.day(each[0].created)))

    def see_comments(self, unit: Unit, stories: Iterable[Story]) -> list[Response]:
        """Take in what stands below these posts, up to the night's own day: what is lacking was deleted.

        Absence is known of the responses to posts of the window.
        """
        found = {
            self.id_of(response): response
            for story in stories
            for response in self.community.live_responses(story, unit.night)
            if self.day(response.created) <= unit.night
        }
        self.comments.observe(unit, found, inside=lambda _, each: unit.covers(self.day(each.post.created)))
        return list(found.values())

    def see_days(self, unit: Unit, metric: str, values: Mapping[date, int]) -> None:
        """Take in a metric of some days."""
        self.days.setdefault(metric, Log()).observe(unit, values)

    # --- what is known after the nights ---

    def snapshot(self, facts: Facts, unit: Unit) -> None:
        """Note what is known after the night of the counters of every post that the night looked at."""
        said = Counter(self.id_of(seen.value.post) for _, seen in self.comments.live())
        for post_id, seen in self.posts.live():
            story, _ = seen.value
            if not unit.covers(self.day(story.created)):
                continue
            counted = self.counts.last(post_id)
            known = dict.fromkeys(COUNTERS) | dict(counted.value if counted else {})
            if known["comments"] is None and self.comments.entries:
                known["comments"] = said[post_id]
            changed = counted.at if counted else unit.moment
            kept = facts.snapshots.setdefault((*self.known_as, post_id), [])
            kept.append(Snapshot(unit.night, known, unit.moment, changed))

    def account_days(self, landed: Sequence[Unit], *, counts_comments: bool) -> dict[date, DayFacts]:
        """What is known of each day. ``counts_comments``: responses of a day are its comments.

        A day that a night covered has had its responses looked for, so none is a true 0.
        """
        metrics: dict[date, dict[str, int]] = {}
        moments: dict[date, list[datetime]] = {}
        if counts_comments:
            for unit in landed:
                for day in days_of(unit):
                    metrics.setdefault(day, {"comments": 0})
                    moments.setdefault(day, [unit.moment])
            for entries in self.comments.entries.values():
                day = self.day(entries[-1].value.created)
                metrics[day]["comments"] += 0 if entries[-1].gone else 1
                moments[day].append(entries[-1].at)
        for metric, log in self.days.items():
            for day, seen in log.live():
                metrics.setdefault(day, {})[metric] = seen.value
                moments.setdefault(day, []).append(seen.at)
        return {day: DayFacts(known, max(moments[day])) for day, known in metrics.items()}

    def response_facts(self) -> list[ResponseFacts]:
        """What was written below posts, as it was last seen; the account is all that is told of an own answer."""
        return [self._response(response_id, entries[-1]) for response_id, entries in self.comments.entries.items()]

    def _response(self, response_id: str, seen: Seen[Response]) -> ResponseFacts:
        said = seen.value
        above = (each for each in self.community.responses(said.post) if each.serial == said.parent)
        return ResponseFacts(
            response_id=response_id,
            parent_id=next(map(self.id_of, above), None),
            person=str(said.person),
            is_own=said.is_own,
            author=None,
            written_at=naive(said.created),
            is_live=not seen.gone,
        )

    def post_facts(
        self, *, link: Callable[[Story], str | None], type_: Callable[[Story], str | None]
    ) -> dict[str, PostFacts]:
        """Every post as it was last seen."""
        return {post_id: self._post(post_id, link, type_) for post_id in self.posts.entries}

    def _post(
        self, post_id: str, link: Callable[[Story], str | None], type_: Callable[[Story], str | None]
    ) -> PostFacts:
        seen = self.posts.entries[post_id][-1]
        story, _ = seen.value
        return PostFacts(
            post_id=post_id,
            published_at=naive(story.created),
            published_day=self.day(story.created),
            type=type_(story),
            link=link(story),
            hashtags=story.hashtags,
            author=None,
            campaign=story.campaign,
            deleted_at=seen.at if seen.gone else None,
            observed_at=seen.at,
        )
