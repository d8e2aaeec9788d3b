"""The team: what its members wrote, how long people waited for them, and who was left waiting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import Facts, ResponseFacts
from pipeline.simulator.truth.observations import naive
from pipeline.simulator.truth.posts import last_final_day
from pipeline.simulator.truth.table import Shape, Table
from pipeline.simulator.truth.terms import UNATTRIBUTED, AccountTerms, TeamTerms, Terms
from pipeline.simulator.world.calendar import midnight

TEAM_DAILY: Final = Shape(
    "kpi.team_daily",
    ("member", "platform", "day"),
    "member VARCHAR, platform VARCHAR, day DATE, day_timezone VARCHAR, posts BIGINT, replies BIGINT, "
    "first_responses BIGINT, response_minutes_median DOUBLE, response_minutes_p90 DOUBLE, unanswered_24h BIGINT, "
    "is_final BOOLEAN",
)
# The threads that the truth follows: those of the demonstration, and two networks on which they branch.
TOLD: Final = ("bluesky", "facebook", "mastodon", "wordpress")
TOLD_ROWS: Final = f"platform in {TOLD}"
RESPONSES: Final = ("comments", "post_comments")
ONE: Final = timedelta(days=1)


@dataclass(frozen=True)
class Conversation:
    """One person in one thread. ``answer`` is the first one that the brand gave, if any."""

    account: AccountTerms
    started_at: datetime
    answer: ResponseFacts | None


def conversations(account: AccountTerms, responses: Sequence[ResponseFacts]) -> Iterator[Conversation]:
    """Every conversation below the posts of an account, as far as it still stands there."""
    known = {each.response_id: each for each in responses}
    threads: dict[str, list[ResponseFacts]] = {}
    for each in responses:
        threads.setdefault(_root(each, known), []).append(each)
    for said in threads.values():
        live = sorted((each for each in said if each.is_live), key=lambda each: (each.written_at, each.response_id))
        for person in dict.fromkeys(each.person for each in live if not each.is_own):
            first = next(each for each in live if each.person == person and not each.is_own)
            answers = (each for each in live if answers_to(each, person, known) and each.written_at >= first.written_at)
            yield Conversation(account, first.written_at, next(answers, None))


def _root(response: ResponseFacts, known: dict[str, ResponseFacts]) -> str:
    """The first response of the thread, seen or not."""
    while response.parent_id is not None:
        if response.parent_id not in known:
            return response.parent_id
        response = known[response.parent_id]
    return response.response_id


def answers_to(answer: ResponseFacts, person: str, known: dict[str, ResponseFacts]) -> bool:
    """Whether an answer of the brand is one to a person in its thread.

    Directly below the first comment it is one to everybody there; further down to whom it answers.
    """
    if not answer.is_own or answer.parent_id is None:
        return False
    above = known.get(answer.parent_id)
    if above is None or above.parent_id is None or above.is_own:
        return True
    return above.person == person


def worked(team: TeamTerms, begin: datetime, end: datetime) -> Fraction:
    """Minutes of business hours between two instants (naive UTC)."""
    zone, seconds = ZoneInfo(team.zone), 0
    day = begin.date() - ONE
    while day <= end.date() + ONE:
        if day.weekday() in team.weekdays and day not in team.holidays(day.year):
            for opens, closes in team.hours:
                since, until = (_clock(day, minute, zone) for minute in (opens, closes))
                seconds += max(int((min(until, end) - max(since, begin)).total_seconds()), 0)
        day += ONE
    return Fraction(seconds, 60)


def _clock(day: date, minute: int, zone: ZoneInfo) -> datetime:
    moment = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    return naive(moment.replace(tzinfo=zone))


def quantile(values: Sequence[Fraction], part: Fraction) -> float:
    """The quantile between the two values nearest to it, in proportion."""
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


class _Days:
    """What is counted, by member, platform and day of the team's zone."""

    def __init__(self, facts: Facts, terms: Terms) -> None:
        self.facts, self.terms, self.team = facts, terms, terms.team
        self.posts: dict[tuple[str, str, date], int] = {}
        self.replies: dict[tuple[str, str, date], int] = {}
        self.waits: dict[tuple[str, str, date], list[Fraction]] = {}
        self.waiting: dict[tuple[str, str, date], int] = {}
        for account in terms.network_accounts:
            self._count(account)

    def day(self, moment: datetime) -> date:
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.team.zone)).date()

    def _count(self, account: AccountTerms) -> None:
        def cell(member: str | None, at: datetime) -> tuple[str, str, date]:
            return member or UNATTRIBUTED, account.platform, self.day(at)

        key, team = (account.platform, account.account), self.team
        for post in self.facts.posts.get(key, {}).values():
            place = cell(team.member(account.platform, post.author), post.published_at)
            self.posts[place] = self.posts.get(place, 0) + 1
        said = self.facts.responses.get(key, [])
        for each in said:
            if each.is_own and each.is_live and each.parent_id is not None:
                place = cell(team.member(account.platform, each.author), each.written_at)
                self.replies[place] = self.replies.get(place, 0) + 1
        for talk in conversations(account, said):
            if talk.answer is not None:
                place = cell(team.member(account.platform, talk.answer.author), talk.answer.written_at)
                minutes = worked(team, talk.started_at, talk.answer.written_at)
                self.waits.setdefault(place, []).append(minutes)
            if talk.answer is None or talk.answer.written_at > talk.started_at + ONE:
                place = cell(team.member(account.platform, None), talk.started_at)
                self.waiting[place] = self.waiting.get(place, 0) + 1

    def read(self, platform: str) -> tuple[date, date] | None:
        """The first day whose responses every account was asked for, and the day in which the last look ended."""
        since, until = [], []
        for account in (each for each in self.terms.network_accounts if each.platform == platform):
            key = (account.platform, account.account)
            units = [unit for stream in RESPONSES for unit in self.facts.delivered_nights(key, stream)]
            if units:
                ends = (naive(midnight(unit.night + ONE, ZoneInfo(account.time_zone))) for unit in units)
                since.append(min(unit.since for unit in units))
                until.append(self.day(max(min(unit.moment, end) for unit, end in zip(units, ends, strict=True))))
        return (max(since), min(until)) if since else None


def team_daily(facts: Facts, terms: Terms) -> Table:
    """One row per member, platform and day on which the member wrote, or somebody was left waiting."""
    days = _Days(facts, terms)
    rows = []
    for platform in sorted({account.platform for account in terms.network_accounts} & {*TOLD}):
        read = days.read(platform)
        waiting = {
            cell
            for cell, count in days.waiting.items()
            if count and read is not None and read[0] <= cell[2] <= read[1] - 2 * ONE
        }
        cells = {*days.posts, *days.replies, *days.waits, *waiting}
        looked = _looked(facts, [each for each in terms.network_accounts if each.platform == platform])
        rows += [_row(days, cell, read, looked) for cell in cells if cell[1] == platform]
    return TEAM_DAILY.table(rows)


def _looked(facts: Facts, accounts: Sequence[AccountTerms]) -> tuple[date, date, date]:
    """The first and the last whole day of which posts were asked for, and the first that is not final."""
    units = [unit for each in accounts for unit in facts.landed((each.platform, each.account))]
    final = [day for each in accounts if (day := last_final_day(facts, each)) is not None]
    return min(unit.since for unit in units), max(unit.night for unit in units) - ONE, min(final)


def _row(
    days: _Days, cell: tuple[str, str, date], read: tuple[date, date] | None, looked: tuple[date, date, date]
) -> dict[str, Any]:
    member, platform, day = cell
    is_read = read is not None and read[0] <= day <= read[1] - ONE
    is_asked = member == (days.team.member(platform, None) or UNATTRIBUTED)
    is_over = read is not None and read[0] <= day <= read[1] - 2 * ONE
    waits = days.waits.get(cell, [])
    return {
        "member": member,
        "platform": platform,
        "day": day,
        "day_timezone": days.team.zone,
        "posts": days.posts.get(cell, 0 if looked[0] <= day <= looked[1] else None),
        "replies": days.replies.get(cell, 0 if is_read else None),
        "first_responses": len(waits) if waits or is_read else None,
        "response_minutes_median": quantile(waits, Fraction(1, 2)) if waits else None,
        "response_minutes_p90": quantile(waits, Fraction(9, 10)) if waits else None,
        "unanswered_24h": days.waiting.get(cell, 0) if is_asked and is_over else None,
        "is_final": day < looked[2],
    }
