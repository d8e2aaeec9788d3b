"""Asking the Graph API for one page and its edges, and for the comments of a post."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

import msgspec

from pipeline.http import Answer, Session
from pipeline.settings import Account
from pipeline.sources._graph_calls import Params, proven
from pipeline.sources._graph_errors import Needs, judge

_PERMISSIONS = {
    "": "pages_read_engagement",
    "/insights": "read_insights",
}
_POSTS, _COMMENTS = "pages_read_engagement", "pages_read_user_content"


class PageNow(msgspec.Struct):
    """What later requests need to know of the page."""

    name: str
    id: str | int | None = None
    fan_count: msgspec.Raw = msgspec.Raw(b"null")
    followers_count: msgspec.Raw = msgspec.Raw(b"null")


@dataclass(frozen=True)
class Graph:
    """One page of one session."""

    account: Account
    http: Session

    def get(self, edge: str, params: Params) -> Answer:
        """GET an edge of the page (``""`` is the page itself), with the app's proof where it has a secret."""
        return self._get(f"/{self.account.id}{edge}", params, Needs(_PERMISSIONS[edge]))

    def posts(self, params: Params, *, comments: bool) -> Answer:
        """GET the list of posts; with ``comments`` in it, it needs one permission more."""
        needed = _COMMENTS if comments else _POSTS
        return self._get(f"/{self.account.id}/published_posts", params, Needs(needed))

    def comments(self, post: str, params: Params) -> Answer:
        """GET the comments of a post."""
        return self._get(f"/{quote(post, safe='')}/comments", params, Needs(_COMMENTS, thing="post"))

    def _get(self, path: str, params: Params, needs: Needs) -> Answer:
        return self.http.get(path, proven(self.account, params), judge=partial(judge, needs=needs))
