"""Asking the Graph API about one advertising account and its reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from pipeline.errors import SourceUnavailable
from pipeline.http import Answer, Session
from pipeline.paging import by_cursor
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources._graph_calls import Params, proven
from pipeline.sources._graph_errors import Needs, TooMuchData, judge
from pipeline.sources._graph_lists import Edge, next_of

_PERMISSION = "ads_read"
_TOKEN = "access token"  # noqa: S105 - the name of a token, no token
_ACCOUNT = Needs(_PERMISSION, token=_TOKEN, thing="ad account")
_REPORT = Needs(_PERMISSION, token=_TOKEN, thing="report")
_A_PAGE, _LEAST = 500, 25


@dataclass(frozen=True)
class AdGraph:
    """One advertising account of one session. Its id may be written with or without ``act_``."""

    account: Account
    http: Session

    def get(self, edge: str, params: Params) -> Answer:
        """GET an edge of the account (``""`` is the account itself)."""
        return self._get(f"{self._node}{edge}", params, _ACCOUNT)

    def order(self, params: Params) -> Answer:
        """POST the order of a report of the account's insights."""
        form = dict(proven(self.account, params))
        return self.http.post(f"{self._node}/insights", form, judge=partial(judge, needs=_ACCOUNT))

    def report(self, report: str, params: Params) -> Answer:
        """GET how far a report has come."""
        return self._get(f"/{quote(report, safe='')}", params, _REPORT)

    def edges(self, edge: str, params: Params, what: str) -> Iterator[Edge]:
        """All pages of a list of the account."""
        return self._pages(f"{self._node}{edge}", params, _ACCOUNT, what)

    def report_rows(self, report: str) -> Iterator[Edge]:
        """All pages of a report that is ready."""
        return self._pages(f"/{quote(report, safe='')}/insights", (), _REPORT, "the insights")

    @property
    def _node(self) -> str:
        return f"/act_{quote(self.account.id.removeprefix('act_'), safe='')}"

    def _get(self, path: str, params: Params, needs: Needs) -> Answer:
        return self.http.get(path, proven(self.account, params), judge=partial(judge, needs=needs))

    def _pages(self, path: str, params: Params, needs: Needs, what: str) -> Iterator[Edge]:
        """Page by page; where one is too heavy, half as many objects at a time from there on."""
        limit = _A_PAGE

        def ask(cursor: str | None) -> tuple[Edge, str | None]:
            nonlocal limit
            while True:
                place: Params = (("after", cursor),) if cursor else ()
                try:
                    answer = self._get(path, (*params, ("limit", limit), *place), needs)
                except TooMuchData as refused:
                    if limit <= _LEAST:
                        raise SourceUnavailable(f"{what}: even {limit} at a time are too many: {refused}") from None
                    limit = max(_LEAST, limit // 2)
                    continue
                edge = decode(answer, Edge, what)
                return edge, next_of(edge, limit, self.http.base)

        return by_cursor(ask)
