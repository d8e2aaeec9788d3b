"""Comments on the videos of a channel: who and when, never what.

One list has the newest threads of all videos of the channel, a hundred a page for one unit, so a night
with many videos costs no more than one with few. A thread comes with its first replies; the others are
asked for where its own count says that there are more.
Documentation: https://developers.google.com/youtube/v3/docs/commentThreads/list
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pipeline.http import Session
from pipeline.paging import by_cursor
from pipeline.settings import Account
from pipeline.sources._answers import decode, whole
from pipeline.sources._persons import person
from pipeline.sources.youtube.data import Params, pacific_day
from pipeline.sources.youtube.errors import CommentsDisabled, Gone, judge
from pipeline.streams import Absent, Note, Page, Window, Yield

STREAM = "comment_threads"

_A_PAGE = 100
_COMMENT = "id,snippet(authorChannelId,publishedAt)"
_THREAD = (
    f"nextPageToken,items(id,snippet(videoId,totalReplyCount,topLevelComment({_COMMENT})),replies/comments({_COMMENT}))"
)


class _Author(msgspec.Struct):
    value: str | None = None


class _Said(msgspec.Struct, rename="camel"):
    published_at: str
    author_channel_id: _Author | None = None


class _Comment(msgspec.Struct):
    id: str
    snippet: _Said


class _Replies(msgspec.Struct):
    comments: list[_Comment] = []


class _About(msgspec.Struct, rename="camel"):
    top_level_comment: _Comment
    video_id: str | None = None
    total_reply_count: msgspec.Raw = msgspec.Raw(b"0")


class _Thread(msgspec.Struct):
    id: str
    snippet: _About
    replies: _Replies = msgspec.field(default_factory=_Replies)


class _Threads(msgspec.Struct):
    items: list[_Thread] = []
    cursor: str | None = msgspec.field(name="nextPageToken", default=None)


class _More(msgspec.Struct):
    items: list[_Comment] = []
    cursor: str | None = msgspec.field(name="nextPageToken", default=None)


def comments(account: Account, http: Session, window: Window) -> Iterator[Yield]:
    """The threads that began on the Pacific days of the window, with their replies up to its last day."""
    try:
        for threads in by_cursor(_Reader(account, http, window).page):
            yield Page(STREAM, threads)
    except CommentsDisabled as refused:
        reason = f"the comments are disabled: {refused}"
        yield Absent(STREAM, reason)
        yield Note("comments_disabled", reason)


class _Reader:
    """Walks the list of threads, newest first, until a whole page is older than the window."""

    def __init__(self, account: Account, http: Session, window: Window) -> None:
        self._account, self._http, self._window = account, http, window

    def page(self, cursor: str | None) -> tuple[list[bytes], str | None]:
        """The comments of one page of threads and the cursor of the next, for ``by_cursor``."""
        params: Params = (
            ("part", "snippet,replies"),
            ("allThreadsRelatedToChannelId", self._account.id),
            ("order", "time"),
            ("maxResults", _A_PAGE),
            ("fields", _THREAD),
            *((("pageToken", cursor),) if cursor else ()),
        )
        told = decode(self._http.get("/commentThreads", params, judge=judge), _Threads, "the comment threads")
        days = [pacific_day(thread.snippet.top_level_comment.snippet.published_at) for thread in told.items]
        inside = [
            thread
            for thread, day in zip(told.items, days, strict=True)
            if self._window.since <= day <= self._window.until
        ]
        records = [record for thread in inside for record in self._records(thread)]
        return records, None if days and max(days) < self._window.since else told.cursor

    def _records(self, thread: _Thread) -> Iterator[bytes]:
        """The thread's first comment and its replies; those of days after the window belong to later nights."""
        top = thread.snippet.top_level_comment
        replies = {reply.id: reply for reply in thread.replies.comments}
        if (whole(thread.snippet.total_reply_count) or 0) > len(replies):
            replies |= {reply.id: reply for reply in self._all_replies(thread.id)}
        yield self._record(thread, top, None)
        for reply in replies.values():
            if pacific_day(reply.snippet.published_at) <= self._window.until:
                yield self._record(thread, reply, thread.id)

    def _all_replies(self, thread: str) -> Iterator[_Comment]:
        def ask(cursor: str | None) -> tuple[list[_Comment], str | None]:
            params: Params = (
                ("part", "snippet"),
                ("parentId", thread),
                ("maxResults", _A_PAGE),
                ("fields", f"nextPageToken,items({_COMMENT})"),
                *((("pageToken", cursor),) if cursor else ()),
            )
            try:
                told = decode(self._http.get("/comments", params, judge=judge), _More, "the replies")
            except Gone:
                # Taken back between two requests: what came with it stands until the next night.
                return [], None
            return told.items, told.cursor

        for found in by_cursor(ask):
            yield from found

    def _record(self, thread: _Thread, comment: _Comment, parent: str | None) -> bytes:
        """Which thread a reply belongs to and when that began: by the thread's day its absence is exact."""
        author = comment.snippet.author_channel_id
        writer = author.value if author else None
        return msgspec.json.encode(
            {
                "id": comment.id,
                "video_id": thread.snippet.video_id,
                "parent_id": parent,
                "published_at": comment.snippet.published_at,
                "thread_published_at": thread.snippet.top_level_comment.snippet.published_at,
                "person": person(self._account, writer),
                "is_own": writer == self._account.id,
            }
        )
