"""A made-up platform of one stream: lifetime counters of posts, 25 fields and about 400 bytes a record."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import cast

import msgspec

from pipeline import paging, records
from pipeline.http import Session, judge_status
from pipeline.streams import ColumnType, Page, Source, Stream, Unit, Window, Yield

PAGE = 500
NIGHT = date(2026, 11, 2)
UNIT = Unit("bench", "104001", NIGHT, Window(date(2026, 10, 5), NIGHT))

_TEXTS = ("id", "created_time", "kind", "link", "title")
_COUNTERS = (
    "impressions", "reach", "clicks", "reactions", "likes", "loves", "wows", "comments", "shares", "saves",
    "views", "views_10s", "views_30s", "watch_s", "follows", "hides", "reports", "link_clicks", "photo_views", "taps",
)  # fmt: skip
_COLUMNS: Mapping[str, ColumnType] = {**dict.fromkeys(_TEXTS, "VARCHAR"), **dict.fromkeys(_COUNTERS, "BIGINT")}

STREAM = Stream(
    name="post_metrics",
    columns=_COLUMNS,
    key=("id",),
    day="try_cast(left(created_time, 10) as date)",
    absence_means_deleted=True,
)
SOURCES: Mapping[str, Source] = {
    "bench": cast("Source", SimpleNamespace(PLATFORM="bench", STREAMS=(STREAM,), RESTATEMENT_DAYS=28))
}


class _Paging(msgspec.Struct):
    after: str | None = None


class _Answer(msgspec.Struct):
    data: list[msgspec.Raw]
    paging: _Paging


def fetch(http: Session, *, announced: int) -> Iterator[Yield]:
    """Page after page by cursor, as a source reads a platform."""

    def ask(cursor: str | None) -> tuple[Page, str | None]:
        answer = http.get("records", {} if cursor is None else {"after": cursor}, judge=judge_status)
        found = records.read(answer.body, _Answer)
        return Page(STREAM.name, records.objects(found.data), announced), found.paging.after

    return paging.by_cursor(ask)


def rendered(number: int, total: int, *, cursor: str | None) -> bytes:
    """Page ``number`` of ``total`` records as the platform sends it."""
    first = number * PAGE
    data = ",".join(map(_record, range(first, min(first + PAGE, total))))
    after = "{}" if cursor is None else f'{{"after":"{cursor}"}}'
    return f'{{"data":[{data}],"paging":{after}}}'.encode()


def _record(nth: int) -> str:
    counters = _tails()[nth % len(_tails())]
    post = 10**14 + nth * 7919
    return (
        f'{{"id":"104001_{post}","created_time":"2026-10-{5 + nth % 28:02d}T{nth % 24:02d}:{nth % 60:02d}:07+0000",'
        f'"kind":"photo","link":"https://p.example/{post}","title":"{nth}",{counters}'
    )


@cache
def _tails() -> list[str]:
    """Counters of many sizes; so many of them that no compressor finds one again."""
    draw = random.Random(7)
    return [",".join(f'"{name}":{int(draw.lognormvariate(5, 1.7))}' for name in _COUNTERS) + "}" for _ in range(20_011)]
