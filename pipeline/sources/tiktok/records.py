"""Records of TikTok as they are kept: a dash is no number, a person is a hash, a video has its place in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.paging import by_cursor
from pipeline.records import objects
from pipeline.settings import Account
from pipeline.sources._answers import decode, in_front, one_line, too_late, whole
from pipeline.sources._persons import person
from pipeline.sources._tiktok_business import text_of, without_dashes
from pipeline.streams import Note, Unit, Window

# The most videos that an account may pin to the top of its list.
_PINNED = 3
_COUNTED_DAYS = 365
_NULL = msgspec.Raw(b"null")


@dataclass(frozen=True)
class Video:
    """A video of the list. ``comments`` is its counter, None where the platform gives none."""

    id: str
    created: int
    comments: int | None
    record: bytes

    @property
    def day(self) -> date:
        return day_of(self.created)


class _Listed(msgspec.Struct):
    """What must be right for a video to be stored under its own name and day, in the words of both APIs."""

    create_time: msgspec.Raw
    item_id: msgspec.Raw = _NULL
    id: msgspec.Raw = _NULL
    comments: msgspec.Raw = _NULL
    comment_count: msgspec.Raw = _NULL


class _Comment(msgspec.Struct):
    comment_id: msgspec.Raw
    create_time: msgspec.Raw
    parent_comment_id: msgspec.Raw = _NULL
    user_id: msgspec.Raw = _NULL
    unique_identifier: msgspec.Raw = _NULL
    owner: bool | None = None
    status: str | None = None
    reply_list: list[msgspec.Raw] | None = None


# The videos of one answer, and the cursor of the next one.
Ask = Callable[[str | None], tuple[list[msgspec.Raw], str | None]]


def videos(ask: Ask, window: Window, begin: str | None) -> Iterator[list[Video]]:
    """The videos of the window, page by page. The list is newest first, but pinned ones come before all others.

    So one old video is no end: the walk ends where more old ones follow each other than can be pinned, up
    to the end of a page. A video that comes a second time is left out. ``begin`` is the cursor to start
    from; where nothing lies behind it, it was not understood, and the list is read from its top.
    """
    seen: set[str] = set()
    old_in_a_row: set[str] = set()

    def read(cursor: str | None) -> tuple[list[Video], str | None]:
        raws, following = ask(cursor or begin)
        if cursor is None and begin and not raws and following is None:
            raws, following = ask(None)
        page = [video_of(record) for record in objects(raws)]
        fresh = [video for video in page if video.id not in seen]
        seen.update(video.id for video in fresh)
        for video in page:
            if video.day < window.since:
                old_in_a_row.add(video.id)
            else:
                old_in_a_row.clear()
        inside = [video for video in fresh if window.since <= video.day <= window.until]
        return inside, None if len(old_in_a_row) > _PINNED else following

    yield from by_cursor(read)


def beginning(unit: Unit, http: Session) -> str | None:
    """The cursor of a night that is read late: the end of its window in milliseconds. None for the newest video."""
    if not too_late(unit, http):
        return None
    end = datetime.combine(unit.window.until + timedelta(days=1), time(), UTC)
    return str(int(end.timestamp()) * 1000)


def video_of(record: bytes) -> Video:
    """A video of either API, its dashes taken out, its id under the name ``item_id``."""
    told = decode(msgspec.Raw(record), _Listed, "a video")
    created, number = whole(told.create_time), text_of(told.item_id) or text_of(told.id)
    if created is None or number is None:
        raise SourceChanged("a video has no id, or no create_time in seconds")
    kept = without_dashes(one_line(record))
    return Video(
        id=number,
        created=created,
        comments=whole(told.comment_count) if told.comments is _NULL else whole(told.comments),
        record=kept if text_of(told.item_id) else in_front(kept, item_id=number),
    )


def uncounted(found: list[Video], unit: Unit) -> Iterator[Note]:
    """What a person should know where the statistics of videos have ended."""
    ended = sum((unit.night - video.day).days > _COUNTED_DAYS for video in found)
    if ended:
        reason = f"the platform counts a video for {_COUNTED_DAYS} days: {ended} of the window are older"
        yield Note("statistics_ended", reason)


def comments_of(account: Account, video: Video, raws: list[msgspec.Raw], last: date) -> Iterator[tuple[str, bytes]]:
    """(id, record) of each comment up to that day and of the answers inside of it; names and words stay outside."""
    for raw in raws:
        told = decode(raw, _Comment, "a comment")
        written, number = whole(told.create_time), text_of(told.comment_id)
        if written is None or number is None:
            raise SourceChanged("a comment has no id, or no create_time in seconds")
        if day_of(written) <= last:
            yield number, _comment(account, video, told, number, written)
        yield from comments_of(account, video, told.reply_list or [], last)


def _comment(account: Account, video: Video, told: _Comment, number: str, written: int) -> bytes:
    author = text_of(told.unique_identifier) or text_of(told.user_id)
    parent = text_of(told.parent_comment_id)
    return msgspec.json.encode(
        {
            "comment_id": number,
            "video_id": video.id,
            "video_create_time": video.created,
            "parent_comment_id": None if parent in (None, "0", "-", video.id) else parent,
            "create_time": written,
            "person": person(account, author),
            "own": told.owner if told.owner is not None else author == account.id,
            "status": told.status,
        }
    )


def day_of(seconds: int) -> date:
    """The UTC day of a moment. SourceChanged where it is none that a platform could mean, such as milliseconds."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (ValueError, OverflowError, OSError):
        raise SourceChanged(f"{seconds} is no moment in seconds") from None
