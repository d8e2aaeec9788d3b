"""What is written under the page's posts: by whom, when, in answer to what, and when it is taken away.

A post gathers its comments as fast as everything else that it gathers: the n-th is written when the post's own
curve reaches n. The page answers some of them; who takes a comment back takes its answers with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import log
from typing import Final

from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.posts import TAU_HOURS, PostStory

PEOPLE: Final = 300
FIRST_PERSON: Final = 10_060_000_000_000_000
REMARKS = (
    "Magnifique !",
    "Is it waterproof?",
    "Where can I buy it?",
    "Bravo à toute l’équipe ⛵",
    "<i>nice</i> & warm",
)
ANSWERS = ("Merci !", "Yes, it is.", "In our shop, this weekend.")


@dataclass(frozen=True)
class FacebookComment:
    """A comment, or (``parent``: the comment's id) an answer to one. ``person``: the id of who wrote it."""

    id: str
    post: str
    parent: str | None
    created: datetime
    person: str
    message: str
    is_own: bool
    removed_at: datetime | None

    def live(self, at: datetime) -> bool:
        return self.created <= at and (self.removed_at is None or at < self.removed_at)


class FacebookComments:
    """Every comment that a post will ever have, oldest first."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self.of = lru_cache(maxsize=None)(self._of)

    def _of(self, story: PostStory) -> tuple[FacebookComment, ...]:
        written: list[FacebookComment] = []
        for n in range(1, int(story.comments) + 1):
            if n < story.comments:
                written.append(self._comment(story, n, written))
        return tuple(written)

    def _comment(self, story: PostStory, n: int, before: list[FacebookComment]) -> FacebookComment:
        draw, key = self._draw, ("facebook comment", story.id, n)
        hours = -TAU_HOURS * log(1 - n / story.comments)
        created = story.created + timedelta(seconds=int(hours * 3600))
        open_ = [said for said in before if said.parent is None and said.live(created)]
        is_own = bool(open_) and draw.happens(0.35, *key, "own")
        is_answer = is_own or (bool(open_) and draw.happens(0.2, *key, "answer"))
        parent = draw.choose(open_, *key, "parent") if is_answer else None
        number = story.id.partition("_")[2]
        return FacebookComment(
            id=f"{number}_{number}{n:03}",
            post=story.id,
            parent=parent.id if parent else None,
            created=created,
            person=story.page if is_own else str(FIRST_PERSON + draw.whole(1, PEOPLE, *key, "person")),
            message=draw.choose(ANSWERS if is_own else REMARKS, *key, "message"),
            is_own=is_own,
            removed_at=self._removed(created, parent, key),
        )

    def _removed(self, created: datetime, parent: FacebookComment | None, key: tuple[object, ...]) -> datetime | None:
        ends = [parent.removed_at] if parent and parent.removed_at else []
        if self._draw.happens(0.06, *key, "removed"):
            ends.append(created + timedelta(hours=self._draw.whole(20, 150, *key, "removed at")))
        return min(ends, default=None)
