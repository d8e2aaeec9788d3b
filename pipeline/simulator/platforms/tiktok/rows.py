"""Days, videos and comments as TikTok writes them: numbers here, texts there, a dash for none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.tiktok import Day, Tiktok, comment_id, person_id, video_id

Row = dict[str, object]
NONE: Final = "-"
# The platform writes these as texts and the others as numbers; which ones is anybody's guess.
TEXTS: Final = frozenset(
    {"unique_video_views", "profile_views", "shares", "daily_lost_followers", "create_time", "reach", "favorites"}
)


def told(row: Row) -> Row:
    """The row as the platform writes it."""
    return {
        name: NONE if value is None else str(value) if name in TEXTS and isinstance(value, int) else value
        for name, value in row.items()
    }


def level(tiktok: Tiktok, account: str, night: date) -> Row:
    """The account as it is now."""
    videos = tiktok.videos(account, night)
    likes = str(tiktok.likes(account, night))
    return {"followers_count": tiktok.level(account, night), "videos_count": len(videos), "total_likes": likes}


def day_rows(days: Mapping[date, Day], fields: Sequence[str]) -> list[Row]:
    return [
        {"date": day.isoformat(), **told({name: getattr(known, name) for name in fields})}
        for day, known in days.items()
    ]


def milliseconds(story: Story) -> int:
    return int(story.created.timestamp() * 1000)


def page_of(stories: Sequence[Story], cursor: int, most: int) -> tuple[Sequence[Story], int, bool]:
    """Videos before the cursor (the moment of the last one shown, 0: the newest), the next cursor, is there more."""
    left = [story for story in stories if not cursor or milliseconds(story) < cursor]
    shown = left[:most]
    return shown, milliseconds(shown[-1]) if shown else cursor, len(left) > len(shown)


def video_row(tiktok: Tiktok, story: Story, night: date) -> Row:
    """A video with everything that can be asked of it; its statistics are null once they have ended."""
    plain: Row = {
        "item_id": video_id(story),
        "caption": story.text,
        "share_url": share_url(story),
        "create_time": str(int(story.created.timestamp())),
    }
    counted = tiktok.counted(story, night)
    if counted is None:
        ended = (
            "video_views likes comments shares favorites reach new_followers"
            " total_time_watched average_time_watched full_video_watched_rate"
        )
        return plain | dict.fromkeys(ended.split())
    watched = {"average_time_watched": 7.4, "full_video_watched_rate": 0.21}
    return plain | told({**counted.__dict__, "total_time_watched": counted.video_views * 7, **watched})


def share_url(story: Story) -> str:
    return f"https://www.tiktok.example/@atelier/video/{video_id(story)}"


def comment_rows(tiktok: Tiktok, story: Story, night: date, *, nested: bool) -> list[Row]:
    """What stands below a video, newest first; with ``nested`` three answers are inside of what they answer."""
    written = {response.serial: response for response in tiktok.responses(story)}
    live = tiktok.live_responses(story, night)[::-1]
    top = {response.serial: _top(response, written) for response in live}
    rows = {response.serial: _comment(response, top[response.serial], list(top.values())) for response in live}
    if not nested:
        return list(rows.values())
    return [
        {**row, "reply_list": [rows[other] for other, above in top.items() if above and above.serial == serial][:3]}
        for serial, row in rows.items()
        # What answers a comment that is gone stands for itself.
        if (above := top[serial]) is None or above.serial not in rows
    ]


def _top(response: Response, written: Mapping[int, Response]) -> Response | None:
    """The comment that begins the thread: answers to answers belong to it as well. None for that comment itself."""
    top = response
    while top.parent is not None:
        top = written[top.parent]
    return None if top is response else top


def _comment(response: Response, parent: Response | None, parents: Sequence[Response | None]) -> Row:
    person = person_id(response)
    return {
        "comment_id": comment_id(response),
        "video_id": video_id(response.post),
        "user_id": person,
        "unique_identifier": person,
        "username": f"reader{response.person}",
        "display_name": f"Reader {response.person}",
        "profile_image": f"https://pictures.tiktok.example/{response.person}.jpg",
        "create_time": str(int(response.created.timestamp())),
        "text": response.text,
        "likes": response.likes,
        "replies": sum(other is response for other in parents),
        "owner": response.is_own,
        "status": "PUBLIC",
        "parent_comment_id": NONE if parent is None else comment_id(parent),
    }
