"""Files: the exports that people download where they have no access to an API.

Meta Business Suite, LinkedIn, X, YouTube Studio and any other table of days or posts, as CSV or workbook.
What each column means stands in a mapping, `exports/<name>.yml` or a person's own file. A file is one
observation of the day it was exported; its records carry the real platform and account, and what an API says
of the same day wins over them. Where exports are downloaded:
https://www.facebook.com/business/help/848441512229183 (Meta),
https://www.linkedin.com/help/linkedin/answer/a551206 (LinkedIn),
https://support.google.com/youtube/answer/12262117 (YouTube Studio).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.errors import FileRefused
from pipeline.sources.files.columns import ACCOUNT_METRICS, POST_METRICS
from pipeline.sources.files.mapping import known, read_mapping
from pipeline.sources.files.opening import Limits, open_export
from pipeline.sources.files.reading import Reading
from pipeline.sources.files.rows import Choices
from pipeline.sources.files.table import Scratch
from pipeline.sources.files.understanding import Problem, Understood
from pipeline.streams import Note, Page, Stream, Unit, Window, Yield

__all__ = ["STREAMS", "Choices", "Export", "Limits", "Problem", "Understood", "known", "open_file", "read_mapping"]

PLATFORM = "files"
KIND: Literal["network"] = "network"
ORIGIN: Literal["export"] = "export"
IMPORT = "vigie import csv FILE --mapping NAME"
API_VERSION = "export"
TIME_ZONE = "UTC"
# As long as any platform restates: an export of days that still moved is no last word on them.
RESTATEMENT_DAYS = 28
CREDENTIALS: tuple[str, ...] = ()
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()

_WHOSE: dict[str, Literal["VARCHAR"]] = {"platform": "VARCHAR", "account": "VARCHAR", "time_zone": "VARCHAR"}

STREAMS = (
    # One record a file: whose numbers it brought. `date` is the day on which it was exported.
    Stream(
        name="exports",
        columns={
            "date": "VARCHAR",
            "platform": "VARCHAR",
            "account": "VARCHAR",
            "mapping": "VARCHAR",
            "since": "VARCHAR",
            "until": "VARCHAR",
            "records": "BIGINT",
            "set_aside": "BIGINT",
        },
        key=("date",),
        day="TRY_CAST(since AS DATE)",
        optional=True,
    ),
    Stream(
        name="account_days",
        columns={**_WHOSE, "day": "VARCHAR", **dict.fromkeys(ACCOUNT_METRICS, "BIGINT")},
        key=("platform", "account", "day"),
        day="TRY_CAST(day AS DATE)",
        optional=True,
    ),
    # The day of the export is part of the key: each export of a post is an observation of its own.
    Stream(
        name="posts",
        columns={
            **_WHOSE,
            "post_id": "VARCHAR",
            "date": "VARCHAR",
            "day": "VARCHAR",
            "published_at": "VARCHAR",
            "type": "VARCHAR",
            "text": "VARCHAR",
            "link": "VARCHAR",
            "campaign": "VARCHAR",
            **dict.fromkeys(POST_METRICS, "BIGINT"),
        },
        key=("platform", "account", "post_id", "date"),
        day="TRY_CAST(day AS DATE)",
        optional=True,
    ),
)


@dataclass(frozen=True)
class Export:
    """A file that was understood, ready to become a unit.

    ``exported`` is the day on which it was downloaded: as given, else for days the one after the last,
    because every day of a table is over when it is exported. ``mark`` names the content.
    """

    reading: Reading
    understood: Understood
    exported: date | None
    mark: str

    def unit(self) -> Unit:
        """The unit of the file: its night is the last that was over when it was exported.

        Exports of the same columns from the same day on are one account of the ledger, so that a
        corrected file takes the place of the first. FileRefused where the file has nothing to import.
        """
        found = self.understood
        if not found.records or found.since is None or found.until is None:
            raise FileRefused(f"{found.file}: no row of it can be imported")
        if self.exported is None:
            raise FileRefused(
                f"{found.file}: its counters are those of the day on which it was exported: add --date YYYY-MM-DD"
            )
        who, night = found.identity, self.exported - timedelta(days=1)
        name = f"{who.platform}:{who.account}:{found.mapping}:{_columns(found.metrics)}:{found.since}"
        return Unit(PLATFORM, name, night, Window(found.since, night))

    def items(self) -> Iterator[Yield]:
        """The records, a line that says whose they are, and a note for each row that is none.

        A row that cannot be read becomes a record without its key, which the load sets aside.
        """
        found, who = self.understood, self.understood.identity
        whose = {
            "date": f"{self.exported}",
            "platform": who.platform,
            "account": who.account,
            "mapping": found.mapping,
            "since": f"{found.since}",
            "until": f"{found.until}",
            "records": found.records,
            "set_aside": found.bad,
        }
        yield Page("exports", [msgspec.json.encode(whose)], 1)
        stream = "account_days" if found.kind == "days" else "posts"
        other = "posts" if found.kind == "days" else "account_days"
        yield from self._pages(stream)
        yield Page(other, [], 0)
        for problem in found.problems:
            yield Note("row_set_aside", f"line {problem.line}: {problem.what}")
        for why, rows, line in found.left_out:
            yield Note("rows_left_out", f"{rows:,} {'row' if rows == 1 else 'rows'} {why}, the first on line {line}")

    def _pages(self, stream: str) -> Iterator[Page]:
        for records in self.reading.records():
            yield Page(stream, records)
        # A small file is read a second time here: it must still hold what was understood.
        yield Page(stream, [], self.understood.records + self.understood.bad)


def open_file(
    path: Path,
    mapping: str,
    choices: Choices,
    *,
    limits: Limits | None = None,
    scratch: Callable[[], Scratch] | None = None,
) -> Export:
    """Understand a file without storing anything of it.

    ``scratch`` gives a database that lives as long as what it gives: without one a large file takes long.
    Raises FileRefused for a file that is no such export, ConfigError for a mapping or a choice that
    cannot be used. Rows that cannot be read are told in ``understood.problems``.
    """
    chosen = read_mapping(mapping)
    opened = open_export(path, limits=limits)
    mark = _mark(path)
    reading = Reading(opened, chosen, choices, scratch)
    understood = reading.survey()
    exported = choices.exported
    if exported is None and understood.kind == "days" and understood.until:
        exported = understood.until + timedelta(days=1)
    return Export(reading, replace(understood, exported=exported), exported, mark)


def _columns(metrics: tuple[str, ...]) -> str:
    """Which numbers an export brings, short: exports of other numbers are no correction of it."""
    if len(metrics) <= 2:
        return "+".join(metrics)
    digest = hashlib.sha256(" ".join(metrics).encode()).hexdigest()
    return f"{len(metrics)}-{digest[:6]}"


def _mark(path: Path) -> str:
    with path.open("rb") as file:
        return f"file-{hashlib.file_digest(file, 'sha256').hexdigest()[:32]}"
