"""Several reports in one request (``API.getBulkRequest``), each with an error of its own.

Documentation: https://developer.matomo.org/api-reference/reporting-api (bulk requests)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import msgspec

from pipeline.errors import SourceChanged, SourceUnavailable
from pipeline.http import Session
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources.matomo.reports import ask, refuse_error
from pipeline.streams import Window

# Matomo names no limit; the server answers all of them from one process.
MOST_CALLS = 20


@dataclass(frozen=True)
class Question:
    """One call of the Reporting API: a method and what it needs beside the site."""

    method: str
    more: Mapping[str, str] = field(default_factory=dict)


def answers(account: Account, http: Session, questions: Sequence[Question]) -> Iterator[Part]:
    """What is answered to each question, in their order, with as few requests as that takes."""
    for start in range(0, len(questions), MOST_CALLS):
        asked = questions[start : start + MOST_CALLS]
        calls = {f"urls[{n}]": urlencode(_call(account, one)) for n, one in enumerate(asked)}
        told = decode(
            ask(account, http, "API.getBulkRequest", **calls), list[msgspec.Raw], "the answer to several calls"
        )
        if len(told) != len(asked):
            raise SourceChanged(f"{len(asked)} calls were made in one request, and {len(told)} were answered")
        for one, part in zip(asked, told, strict=True):
            yield Part(account, http, one, part)


def _call(account: Account, asked: Question) -> Mapping[str, str]:
    return {
        "method": asked.method,
        "idSite": account.id,
        "format_metrics": "0",
        "filter_limit": "-1",
        "language": "en",
        **asked.more,
    }


@dataclass(frozen=True)
class Part:
    """The answer to one of several questions."""

    account: Account
    http: Session
    asked: Question
    told: msgspec.Raw

    def read(self) -> msgspec.Raw:
        """The answer, or the error that is told instead of it: that of the others is not touched by it.

        What the server could not do at that moment is asked for once more, by itself.
        """
        try:
            refuse_error(bytes(self.told))
        except SourceUnavailable:
            return msgspec.Raw(ask(self.account, self.http, self.asked.method, **self.asked.more).body)
        return self.told


class Reports:
    """Reports of the days of one window, asked for together and read one by one."""

    def __init__(self, account: Account, http: Session, window: Window, questions: Sequence[Question]) -> None:
        self._window = window
        period = {"period": "day", "date": f"{window.since},{window.until}"}
        dated = [Question(one.method, {**period, **one.more}) for one in questions]
        self._parts = dict(zip(map(_name, questions), answers(account, http, dated), strict=True))

    def days(self, asked: Question) -> dict[str, msgspec.Raw]:
        """A report by day. SourceChanged where a day that was asked for is not answered, or another one is."""
        told = decode(self._parts[_name(asked)].read(), dict[str, msgspec.Raw], f"the report {asked.method}")
        since, until = self._window.since, self._window.until
        wanted = [(since + timedelta(days=n)).isoformat() for n in range((until - since).days + 1)]
        if set(told) != set(wanted):
            odd = ", ".join(sorted(set(wanted) ^ set(told))[:5])
            raise SourceChanged(f"the report {asked.method} does not have exactly the days that were asked: {odd}")
        return told


def _name(asked: Question) -> str:
    return f"{asked.method}?{urlencode(asked.more)}"
