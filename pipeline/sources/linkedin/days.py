"""Statistics of a page by day, and who follows it: read in one call each, however many days.

Documentation: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/share-statistics
and https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/follower-statistics
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.sources._answers import decode, in_front, is_object, too_late, whole
from pipeline.sources._linkedin_rest import DAY_MS, Rest, by_day, quoted
from pipeline.streams import Absent, Note, Page, Unit, Window, Yield

# Two whole days pass until a day is complete. Before that its numbers are a part of themselves.
DAYS_TO_COMPLETE = 2
_DAYS_KEPT = 365
_ADMIN = "r_organization_admin (or rw_organization_admin)"
_FACET = "followerCountsBy"


@dataclass(frozen=True)
class _Statistics:
    """One kind of statistics by day: the stream it fills, its resource, and the finder with its parameter."""

    stream: str
    resource: str
    finder: str


_BY_DAY = (
    _Statistics("follower_gains", "organizationalEntityFollowerStatistics", "organizationalEntity"),
    _Statistics("share_stats", "organizationalEntityShareStatistics", "organizationalEntity"),
    _Statistics("page_stats", "organizationPageStatistics", "organization"),
)


class _Range(msgspec.Struct):
    start: msgspec.Raw


class _Dated(msgspec.Struct):
    timeRange: _Range  # noqa: N815 - the platform's own name


def followers(rest: Rest, unit: Unit) -> Iterator[Yield]:
    """The followers, which are only known for now: the first call, which also brings the platform's clock."""
    path = f"/networkSizes/{quoted(rest.organization)}"
    answer = rest.get(path, "edgeType=COMPANY_FOLLOWED_BY_MEMBER", permission=_ADMIN)
    late = too_late(unit, rest.http)
    if not is_object(answer.body):
        raise SourceChanged("the number of followers is no object")
    yield Absent("followers", late) if late else Page("followers", [in_front(answer.body, day=unit.night.isoformat())])


def demographics(rest: Rest, unit: Unit) -> Iterator[Yield]:
    """Who follows, by country, industry and so on: one record per part of each, also only known for now."""
    late = too_late(unit, rest.http)
    if late:
        yield Absent("demographics", late)
        return
    query = f"q=organizationalEntity&organizationalEntity={quoted(rest.organization)}"
    what = "the followers by their traits"
    found: list[bytes] = []
    path = "/organizationalEntityFollowerStatistics"
    for elements in rest.pages(path, query, permission=_ADMIN, what=what):
        for element in elements:
            found += _parts(element, unit.night, what)
    yield Page("demographics", found)


def _parts(element: bytes, night: date, what: str) -> Iterator[bytes]:
    """The records of one element. Each part names its trait in the one field that is no count."""
    for facet, told in decode(msgspec.Raw(element), dict[str, msgspec.Raw], what).items():
        if not facet.startswith(_FACET) or not bytes(told).lstrip().startswith(b"["):
            continue
        for part in decode(told, list[msgspec.Raw], what):
            fields = decode(part, dict[str, msgspec.Raw], what)
            counts = fields.get("followerCounts")
            # A field that is new and no text is none of ours.
            names = {name: value for name, value in fields.items() if bytes(value).startswith(b'"')}
            if counts is None or len(names) != 1:
                raise SourceChanged(f"{what}: a part of {facet} is not one trait and its count")
            ours = {"day": night, "facet": facet.removeprefix(_FACET), "segment": next(iter(names.values()))}
            yield msgspec.json.encode({**ours, "followerCounts": counts})


def by_days(rest: Rest, unit: Unit) -> Iterator[Yield]:
    """Gains of followers, what the posts did, views of the page: all complete days of the window."""
    window, note = complete(unit, rest.http)
    if note:
        yield note
    for statistics in _BY_DAY:
        if window is None:
            yield Absent(statistics.stream, "no day of the window is complete and within the last 12 months")
        else:
            yield from _days(rest, statistics, window)


def complete(unit: Unit, http: Session) -> tuple[Window | None, Note | None]:
    """The days that may be asked for, and what a person should know of those that may not."""
    today = date.fromisoformat(http.first_date[:10]) if http.first_date else unit.night + timedelta(days=1)
    oldest = today - timedelta(days=_DAYS_KEPT)
    since, until = unit.window.since, min(unit.window.until, today - timedelta(days=DAYS_TO_COMPLETE + 1))
    note = None
    if since < oldest:
        note = Note(
            "days_out_of_reach", f"the platform keeps 12 months of statistics: nothing before {oldest} is asked"
        )
        since = oldest
    return (Window(since, until) if since <= until else None), note


def _days(rest: Rest, statistics: _Statistics, window: Window) -> Iterator[Yield]:
    what = f"the statistics of {statistics.stream}"
    query = f"q={statistics.finder}&{statistics.finder}={quoted(rest.organization)}&{by_day(window)}"
    found: dict[date, bytes] = {}
    for elements in rest.pages(f"/{statistics.resource}", query, permission=_ADMIN, what=what):
        for element in elements:
            day = _day(element, what)
            if window.since <= day <= window.until:
                found[day] = in_front(element, day=day.isoformat())
    asked = (window.until - window.since).days + 1
    if not found:
        yield Absent(statistics.stream, "the platform has no statistics of these days")
        return
    yield Page(statistics.stream, list(found.values()))
    if len(found) < asked:
        yield Note("days_missing", f"{statistics.stream}: {len(found)} of the {asked} days that were asked came")


def _day(element: bytes, what: str) -> date:
    start = whole(decode(msgspec.Raw(element), _Dated, what).timeRange.start)
    if start is None or start % DAY_MS:
        raise SourceChanged(f"{what}: a day that does not begin at midnight UTC")
    try:
        return datetime.fromtimestamp(start // 1000, UTC).date()
    except (OverflowError, ValueError, OSError):
        raise SourceChanged(f"{what}: a day that no calendar has") from None
