"""Asking the Graph API for one page and its edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import msgspec

from pipeline.http import Answer, Session
from pipeline.settings import Account
from pipeline.sources._graph_calls import Params, proven
from pipeline.sources._graph_errors import Needs, judge

_PERMISSIONS = {
    "": "pages_read_engagement",
    "/insights": "read_insights",
    "/published_posts": "pages_read_engagement",
}


class PageNow(msgspec.Struct):
    """What later requests need to know of the page."""

    name: str
    fan_count: msgspec.Raw = msgspec.Raw(b"null")
    followers_count: msgspec.Raw = msgspec.Raw(b"null")


@dataclass(frozen=True)
class Graph:
    """One page of one session."""

    account: Account
    http: Session

    def get(self, edge: str, params: Params) -> Answer:
        """GET an edge of the page (``""`` is the page itself), with the app's proof where it has a secret."""
        needs = Needs(_PERMISSIONS[edge])
        return self.http.get(
            f"/{self.account.id}{edge}", proven(self.account, params), judge=partial(judge, needs=needs)
        )
