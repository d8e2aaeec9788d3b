"""Asking for one account of Instagram: its edges, several objects at once, and when its days begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Answer, Session
from pipeline.paging import cursor_of
from pipeline.settings import Account
from pipeline.sources._graph_calls import Params, proven
from pipeline.sources._graph_errors import Needs, judge

PACIFIC = ZoneInfo("America/Los_Angeles")
# As many objects as one call may name.
TOGETHER = 50

_BASIC = {"facebook": "instagram_basic", "instagram": "instagram_business_basic"}
_INSIGHTS = {"facebook": "instagram_manage_insights", "instagram": "instagram_business_manage_insights"}
_COMMENTS = {"facebook": "instagram_manage_comments", "instagram": "instagram_business_manage_comments"}


class ProfileNow(msgspec.Struct):
    """What later requests need to know of the account."""

    username: str = ""
    followers_count: msgspec.Raw = msgspec.Raw(b"null")


class Cursors(msgspec.Struct):
    after: str | None = None


class Paging(msgspec.Struct):
    cursors: Cursors | None = None
    next: str | None = None


class Edge(msgspec.Struct):
    """A list of objects, alone or inside another object."""

    data: list[msgspec.Raw] = []
    paging: Paging | None = None


@dataclass(frozen=True)
class Graph:
    """One account of one session."""

    account: Account
    http: Session

    @property
    def login(self) -> str:
        return str(self.account.options.get("login"))

    def of_account(self, edge: str, params: Params) -> Answer:
        """GET an edge of the account; ``""`` is the account itself."""
        needs = _INSIGHTS if edge == "/insights" else _BASIC
        return self._get(f"/{self.account.id}{edge}", params, needs[self.login])

    def of_object(self, object_id: str, edge: str, params: Params) -> Answer:
        """GET an edge of a post or a comment."""
        return self._get(f"/{object_id}{edge}", params, (_INSIGHTS if edge == "/insights" else _COMMENTS)[self.login])

    def of_objects(self, object_ids: list[str], fields: str) -> Answer:
        """The same fields of up to ``TOGETHER`` objects, in one call: an object by id."""
        needs = _INSIGHTS if fields.startswith("insights") else _COMMENTS
        return self._get("/", (("ids", ",".join(object_ids)), ("fields", fields)), needs[self.login])

    def next_of(self, edge: Edge, limit: int) -> str | None:
        """The cursor of the next page.

        A full page without a link is not believed to be the last one: its cursor is asked as well.
        """
        paging = edge.paging or Paging()
        if paging.next is not None:
            return cursor_of(paging.next, self.account.base, "after")
        return paging.cursors.after if paging.cursors and len(edge.data) >= limit else None

    def over(self, day: date) -> bool:
        """Whether the Pacific day had ended when the platform first answered."""
        moment = self.http.first_date
        return moment is None or midnight(day + timedelta(days=1)) <= datetime.fromisoformat(moment)

    def _get(self, path: str, params: Params, permission: str) -> Answer:
        needs = Needs(permission, token=f"token of {self.login.capitalize()}'s login", thing="account")
        # Instagram's own login has no proof of the app.
        params = proven(self.account, params) if self.login == "facebook" else params
        return self.http.get(path, params, judge=partial(judge, needs=needs))


def midnight(day: date) -> datetime:
    """The instant at which the day begins on the Pacific coast."""
    return datetime(day.year, day.month, day.day, tzinfo=PACIFIC).astimezone(UTC)


def seconds(day: date) -> int:
    """Unix seconds of the midnight that begins the day on the Pacific coast."""
    return int(midnight(day).timestamp())


def moment(timestamp: str, what: str) -> datetime:
    """A moment as the platform writes it (``2026-11-01T12:00:00+0000``)."""
    try:
        found = datetime.fromisoformat(timestamp)
    except ValueError:
        raise SourceChanged(f"{what} has no usable time: {timestamp!r}") from None
    if found.tzinfo is None:
        raise SourceChanged(f"the time of {what} has no zone: {timestamp!r}")
    return found
