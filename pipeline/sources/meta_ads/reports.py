"""Reports that the platform prepares: ordered, waited for, read; in parts where they are too much for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import msgspec

from pipeline.errors import SourceChanged, SourceUnavailable
from pipeline.paging import by_window
from pipeline.sources._answers import decode
from pipeline.sources._graph_calls import Params
from pipeline.sources._graph_errors import ObjectMissing, TooMuchData
from pipeline.sources.meta_ads.graph import AdGraph
from pipeline.streams import Window

_FIELDS: Final = (
    "campaign_id",
    "campaign_name",
    "account_currency",
    "spend",
    "impressions",
    "reach",
    "clicks",
    "inline_link_clicks",
    "actions",
    "action_values",
)
_DAYS_A_REPORT = 90
_READY = "Job Completed"
_WAITING = frozenset({"Job Not Started", "Job Started", "Job Running"})
_FAILED = frozenset({"Job Failed", "Job Skipped"})
# A new report's id may be unknown for so many seconds.
_FRESH_SECONDS = 60.0
_FIRST_PAUSE = 1.0
# How often the smallest report is ordered before it is given up.
_ORDERS = 3
# Campaigns of every state, so that none is left out when a day is read in parts.
_STATES = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES")


class _Order(msgspec.Struct):
    report_run_id: str | int


class _State(msgspec.Struct):
    async_status: str
    async_percent_completion: str | int | None = None


class _Reason(msgspec.Struct):
    error_code: str | int | None = None
    error_message: str | None = None


class _Campaign(msgspec.Struct):
    id: str | int


class ReportFailed(SourceUnavailable):
    """The platform began a report and gave it up."""


@dataclass(frozen=True)
class _Piece:
    """What one report is about: days, and of these all campaigns, some, or all but some."""

    window: Window
    campaigns: tuple[str, ...] | None = None
    is_rest: bool = False

    def __str__(self) -> str:
        days = f"{self.window.since} to {self.window.until}"
        if self.campaigns is None:
            return days
        return f"{days}, {'all but ' if self.is_rest else ''}{len(self.campaigns)} campaigns"


class Reports:
    """The insights of an account. A list of campaigns is only read where a single day is too much."""

    def __init__(self, graph: AdGraph) -> None:
        self._graph = graph
        options = graph.account.options
        self._pause, self._patience = (float(str(options[name])) for name in ("poll_seconds", "report_seconds"))
        windows = options["attribution"]
        self._windows = tuple(map(str, windows)) if isinstance(windows, Sequence) else ()
        self._campaigns: tuple[str, ...] | None = None

    def rows(self, window: Window) -> Iterator[list[msgspec.Raw]]:
        """The rows of all days, page by page."""
        for part in by_window(window.since, window.until, _DAYS_A_REPORT):
            yield from self._read(_Piece(part))

    def _read(self, piece: _Piece) -> Iterator[list[msgspec.Raw]]:
        try:
            report = self._made(piece)
        except (TooMuchData, ReportFailed) as refused:
            parts = self._parts(piece)
            if not parts:
                report = self._insisted(piece, refused)
            else:
                for part in parts:
                    yield from self._read(part)
                return
        for edge in self._graph.report_rows(report):
            yield edge.data

    def _insisted(self, piece: _Piece, refused: Exception) -> str:
        """The smallest report once more, and again, before it is an error."""
        for _ in range(_ORDERS - 1):
            try:
                return self._made(piece)
            except (TooMuchData, ReportFailed) as again:
                refused = again
        raise SourceUnavailable(f"the platform makes no report of {piece}, which cannot be smaller: {refused}")

    def _parts(self, piece: _Piece) -> tuple[_Piece, ...]:
        """Two halves of its days; of a single day, of its campaigns; nothing where it cannot be smaller."""
        since, until = piece.window.since, piece.window.until
        if since < until:
            middle = since + (until - since) // 2
            days = Window(since, middle), Window(middle + timedelta(days=1), until)
            return tuple(replace(piece, window=window) for window in days)
        if piece.campaigns is None:
            known = self._every_campaign()
            # Those that no list names are read as well.
            return (replace(piece, campaigns=known), replace(piece, campaigns=known, is_rest=True)) if known else ()
        if piece.is_rest or len(piece.campaigns) < 2:
            return ()
        half = len(piece.campaigns) // 2
        return tuple(replace(piece, campaigns=some) for some in (piece.campaigns[:half], piece.campaigns[half:]))

    def _every_campaign(self) -> tuple[str, ...]:
        if self._campaigns is None:
            states = msgspec.json.encode(_STATES).decode()
            params: Params = (("fields", "id"), ("effective_status", states))
            pages = self._graph.edges("/campaigns", params, "the campaigns")
            found = [str(decode(each, _Campaign, "a campaign").id) for edge in pages for each in edge.data]
            self._campaigns = tuple(sorted(set(found)))
        return self._campaigns

    def _made(self, piece: _Piece) -> str:
        """Order a report and wait until it can be read; its id."""
        order = decode(self._graph.order(self._asked(piece)), _Order, "the order of a report")
        report = str(order.report_run_id)
        clock, pause = self._graph.http.clock, min(_FIRST_PAUSE, self._pause)
        begun = clock.local()
        while True:
            waited = clock.local() - begun
            told = self._state(report, fresh=waited < min(_FRESH_SECONDS, self._patience))
            if told == _READY:
                return report
            if waited + pause > min(self._patience, waited + clock.left()):
                raise SourceUnavailable(f"the report of {piece} was not ready in {waited:.0f} s")
            clock.sleep(pause)
            pause = min(2 * pause, self._pause)

    def _state(self, report: str, *, fresh: bool) -> str:
        """How far it has come. A fresh report that nobody knows yet has not been started."""
        fields = "async_status,async_percent_completion"
        try:
            state = decode(self._graph.report(report, (("fields", fields),)), _State, "the state of a report")
        except ObjectMissing:
            if fresh:
                return "Job Not Started"
            raise
        if state.async_status in _FAILED:
            raise ReportFailed(f"the report ended as {state.async_status!r}{self._why(report)}")
        if state.async_status not in {*_WAITING, _READY}:
            raise SourceChanged(f"a report is in a state that nobody knows: {state.async_status!r}")
        return state.async_status

    def _why(self, report: str) -> str:
        """What the platform says of a failure, where its version says anything."""
        with suppress(SourceChanged):
            answer = self._graph.report(report, (("fields", "error_code,error_message"),))
            reason = decode(answer, _Reason, "the failure of a report")
            if reason.error_message:
                return f": {reason.error_message} (code {reason.error_code})"
        return ""

    def _asked(self, piece: _Piece) -> Params:
        window = {"since": piece.window.since.isoformat(), "until": piece.window.until.isoformat()}
        filters = []
        if piece.campaigns is not None:
            operator = "NOT_IN" if piece.is_rest else "IN"
            filters = [{"field": "campaign.id", "operator": operator, "value": list(piece.campaigns)}]
        return (
            ("level", "campaign"),
            ("time_increment", 1),
            ("time_range", msgspec.json.encode(window).decode()),
            ("breakdowns", "publisher_platform"),
            ("fields", ",".join(_FIELDS)),
            *self._attribution(),
            *((("filtering", msgspec.json.encode(filters).decode()),) if filters else ()),
        )

    def _attribution(self) -> Params:
        if not self._windows:
            return (("use_unified_attribution_setting", "true"),)
        return (("action_attribution_windows", msgspec.json.encode(self._windows).decode()),)
