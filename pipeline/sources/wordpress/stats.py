"""Statistics of WordPress.com and Jetpack: visits by day, followers, counters of single posts.

An empty object may come as ``[]``, ``null`` or ``false``: that is no data, and no zero.
Documentation: https://developer.wordpress.com/docs/api/1.1/get/sites/%24site/stats/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import quote, urlsplit

import msgspec

from pipeline.errors import SourceChanged, SourceRefused
from pipeline.http import Answer, Session, judge_status
from pipeline.paging import by_window
from pipeline.settings import Account, Secret
from pipeline.sources._answers import decode, is_object, too_late
from pipeline.streams import Absent, Note, Page, Unit, Window, Yield

_FIELDS = "views,visitors,likes,reblogs,comments,posts"
_EMPTY = (b"[]", b"{}", b"null", b"false", b'""')
_POSTS_A_PAGE = 100
_DAYS_A_CALL = 365


class _Told(msgspec.Struct):
    error: object = None
    message: object = None


class _Columns(msgspec.Struct):
    fields: msgspec.Raw = msgspec.Raw(b"null")
    data: msgspec.Raw = msgspec.Raw(b"null")


class _PostGone(SourceChanged):
    """The statistics do not know a post that the site lists."""


def stats(account: Account, unit: Unit, http: Session, posts: Mapping[int, str]) -> Iterator[Yield]:
    """The three optional streams. ``posts`` maps the ids of the window's posts to their dates."""
    token = account.secrets["stats_token"]
    headers = {"Authorization": Secret(token.reference, f"Bearer {token.reveal()}")}
    with http.beside(str(account.options["stats_base"]), headers) as second:
        site = quote(str(account.options.get("stats_site") or urlsplit(account.base).hostname), safe="")
        try:
            yield from _visits(second, site, unit.window)
            yield from _summary(second, site, unit)
            yield from _posts(second, site, posts)
        finally:
            http.requests += second.requests


def _visits(http: Session, site: str, window: Window) -> Iterator[Yield]:
    """As many calls as the days take: one for more than a year is refused."""
    asked, found, known = (window.until - window.since).days + 1, 0, False
    for part in by_window(window.since, window.until, _DAYS_A_CALL):
        records = _visits_of(http, site, part)
        if records is not None:
            known, found = True, found + len(records)
            yield Page("stats_visits", records)
    if not known:
        yield Absent("stats_visits", "the platform has no statistics of these days")
    elif found != asked:
        yield Note("days_missing", f"the statistics have {found} of the {asked} days that were asked")


def _visits_of(http: Session, site: str, window: Window) -> list[bytes] | None:
    """Rows under named columns become records; None without any. This call stays on v1: v1.1 refuses narrow tokens."""
    quantity = (window.until - window.since).days + 1
    params = (("unit", "day"), ("quantity", quantity), ("date", window.until.isoformat()), ("stat_fields", _FIELDS))
    answer = http.get(f"/rest/v1/sites/{site}/stats/visits", params, judge=_judge)
    table = decode(answer, _Columns, "the visits") if is_object(answer.body) else _Columns()
    if _is_empty(table.fields) or _is_empty(table.data):
        return None
    fields = decode(table.fields, list[str], "the fields of the visits")
    days = {}
    for row in decode(table.data, list[list[msgspec.Raw]], "the rows of the visits"):
        if len(row) != len(fields) or "period" not in fields:
            raise SourceChanged(f"the visits have rows of {len(row)} values under {len(fields)} fields")
        record = {("day" if name == "period" else name): _value(v) for name, v in zip(fields, row, strict=True)}
        days[decode(row[fields.index("period")], date, "the day of the visits")] = msgspec.json.encode(record)
    return [record for day, record in days.items() if window.since <= day <= window.until]


def _summary(http: Session, site: str, unit: Unit) -> Iterator[Yield]:
    """Followers are only known for now, so a night that is read late has none."""
    params = (("period", "day"), ("num", 1), ("date", unit.night.isoformat()))
    answer = http.get(f"/rest/v1.1/sites/{site}/stats/summary", params, judge=_judge)
    late = too_late(unit, http)
    if late or not is_object(answer.body):
        yield Absent("stats_summary", late or "the platform has no summary")
        return
    told = decode(answer, dict[str, msgspec.Raw], "the summary")
    kept = {name: _value(value) for name, value in told.items() if name not in ("day", "date", "period")}
    yield Page("stats_summary", [msgspec.json.encode({"day": unit.night, **kept})])


def _posts(http: Session, site: str, posts: Mapping[int, str]) -> Iterator[Yield]:
    """One call per post of the window: there is no call for several."""
    records: list[bytes] = []
    for number, (post, published) in enumerate(posts.items(), 1):
        try:
            records.append(_post(http, site, post, published))
        except _PostGone:
            yield Note("post_without_stats", f"the statistics do not know the post {post}")
        if len(records) == _POSTS_A_PAGE and number < len(posts):
            yield Page("stats_post", records)
            records = []
    yield Page("stats_post", records)


def _post(http: Session, site: str, post: int, published: str) -> bytes:
    params = (("fields", "views,like_count,discussion"),)
    answer = http.get(f"/rest/v1.1/sites/{site}/stats/post/{post}", params, judge=_judge)
    told = decode(answer, dict[str, msgspec.Raw], "the statistics of a post")
    nested = told.get("discussion", msgspec.Raw(b"null"))
    discussion = decode(nested, dict[str, msgspec.Raw], "the discussion of a post") if is_object(nested) else {}
    record: dict[str, object] = {"id": post, "date": published}
    record |= {name: _value(told.get(name)) for name in ("views", "like_count")}
    return msgspec.json.encode(record | {"comment_count": _value(discussion.get("comment_count"))})


def _value(value: msgspec.Raw | None) -> msgspec.Raw | None:
    return None if value is None or _is_empty(value) else value


def _is_empty(value: msgspec.Raw) -> bool:
    return bytes(value).translate(None, b" \t\r\n") in _EMPTY


def _judge(answer: Answer) -> None:
    try:
        told = msgspec.json.decode(answer.body, type=_Told)
    except msgspec.DecodeError:
        told = _Told()
    waits = answer.status in {408, 425, 429} or answer.status >= 500
    if told.error and not waits:
        said = f'the statistics say "{told.message}" ({told.error})'
        if str(told.error) == "unknown_post":
            raise _PostGone(said)
        if answer.status in {401, 403} or str(told.error) in (
            "authorization_required",
            "unauthorized",
            "invalid_token",
        ):
            raise SourceRefused(f"renew stats_token, with the scope stats: {said}")
        if str(told.error) in ("unknown_blog", "invalid_blog"):
            raise SourceRefused(f"check stats_site: {said}")
        raise SourceChanged(said)
    judge_status(answer)
