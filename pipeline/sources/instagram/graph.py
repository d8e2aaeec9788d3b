"""Asking for one account of Instagram: its edges, several objects at once, and when its days begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import msgspec

from pipeline.http import Answer, Session
from pipeline.settings import Account
from pipeline.sources._graph_calls import Params, proven
from pipeline.sources._graph_errors import Needs, judge
from pipeline.sources._pacific import midnight

# As many objects as one call may name.
TOGETHER = 50

_BASIC = {"facebook": "instagram_basic", "instagram": "instagram_business_basic"}
_INSIGHTS = {"facebook": "instagram_manage_insights", "instagram": "instagram_business_manage_insights"}
_COMMENTS = {"facebook": "instagram_manage_comments", "instagram": "instagram_business_manage_comments"}


class ProfileNow(msgspec.Struct):
    """What later requests need to know of the account."""

    username: str = ""
    followers_count: msgspec.Raw = msgspec.Raw(b"null")


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

    def over(self, day: date) -> bool:
        """Whether the Pacific day had ended when the platform first answered."""
        moment = self.http.first_date
        return moment is None or midnight(day + timedelta(days=1)) <= datetime.fromisoformat(moment)

    def _get(self, path: str, params: Params, permission: str) -> Answer:
        needs = Needs(permission, token=f"token of {self.login.capitalize()}'s login", thing="account")
        # Instagram's own login has no proof of the app.
        params = proven(self.account, params) if self.login == "facebook" else params
        return self.http.get(path, params, judge=partial(judge, needs=needs))
