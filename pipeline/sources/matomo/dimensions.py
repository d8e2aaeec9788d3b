"""Custom dimensions of Matomo: what a site says of its visits in words of its own.

Documentation: https://developer.matomo.org/api-reference/reporting-api (module CustomDimensions)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.sources._answers import in_front
from pipeline.sources.matomo.bulk import Question, Reports
from pipeline.sources.matomo.reports import NoAccessError, NotGivenError, rows
from pipeline.streams import Absent, Note, Page, Yield

STREAM: Final = "dimension_values"


class Dimensions:
    """The dimensions that the settings name. One that is not given is told, and no reason to lose the others."""

    def __init__(self, chosen: Sequence[str]) -> None:
        self._left = [Question("CustomDimensions.getCustomDimension", {"idDimension": number}) for number in chosen]
        self._refused: dict[str, str] = {}
        self._came = False

    def questions(self) -> Sequence[Question]:
        return tuple(self._left)

    def read(self, reports: Reports) -> Iterator[Page]:
        """The values of each day, dimension by dimension."""
        for asked in self.questions():
            number = asked.more["idDimension"]
            try:
                tables = {day: rows(table) for day, table in reports.days(asked).items()}
            except (NoAccessError, NotGivenError) as refused:
                self._refused[number] = str(refused)
                self._left.remove(asked)
                continue
            self._came = True
            yield Page(STREAM, [in_front(one, day=day, dimension=number) for day in tables for one in tables[day]])

    def refused(self) -> Iterator[Yield]:
        """What was not given, and why."""
        reasons = [f"the dimension {number} is not given: {reason}" for number, reason in self._refused.items()]
        if reasons and not self._came:
            yield Absent(STREAM, f"correct dimensions in the settings: {'; '.join(reasons)}")
        elif reasons:
            yield from (Note("dimension_refused", reason) for reason in reasons)
