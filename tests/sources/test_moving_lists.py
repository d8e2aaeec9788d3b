"""Lists that change at every moment of being read: what stayed is read, and read once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceChanged, SourceUnavailable
from pipeline.http import Answer
from pipeline.sources._wp_rest import PageGone, judge, walk

SIZE = 5


@dataclass(frozen=True)
class Move:
    """Before the answer number ``at``: an id that leaves the list, or one that enters it."""

    at: int
    id: int
    enters: bool


class Moving:
    """A list in pages of five, sorted by id."""

    def __init__(self, ids: set[int], moves: list[Move]) -> None:
        self.ids, self.moves, self.asked = set(ids), moves, 0
        self.stayed = set(ids)

    def ask(self, number: int) -> Answer | None:
        self.asked += 1
        for move in self.moves:
            if move.at == self.asked:
                (self.ids.add if move.enters else self.ids.discard)(move.id)
        self.stayed &= self.ids
        rows, pages = sorted(self.ids), ceil(len(self.ids) / SIZE)
        totals = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        body = [{"id": n} for n in rows[(number - 1) * SIZE : number * SIZE]]
        if number > max(1, pages):
            error = json.dumps({"code": "rest_post_invalid_page_number", "message": "too large"}).encode()
            try:
                judge(Answer(400, {}, error))
            except PageGone:
                return None
        return Answer(200, totals, json.dumps(body).encode())


moves = st.lists(st.builds(Move, st.integers(1, 8), st.integers(0, 40), st.booleans()), max_size=6)


@settings(max_examples=400, deadline=None)
@given(st.sets(st.integers(0, 40), min_size=12), moves)
def test_what_stayed_in_the_list_is_read_once_whatever_else_moved(ids: set[int], changes: list[Move]) -> None:
    there = Moving(ids, changes)
    read: list[int] = []
    announced = None
    try:
        for page, total in walk(there.ask, "the rows"):
            read += [json.loads(record)["id"] for record in page]
            announced = total if total is not None else announced
    except (SourceUnavailable, SourceChanged):
        return
    assert len(read) == len(set(read))
    swapped = len({move.enters for move in changes}) == 2
    # Only where one left and another came between the same two answers does no total tell.
    if announced == len(read) and not swapped:
        assert there.stayed <= set(read)


@given(st.sets(st.integers(0, 60), max_size=45))
def test_a_list_that_stands_still_is_read_in_one_walk(ids: set[int]) -> None:
    there = Moving(ids, [])
    pages = list(walk(there.ask, "the rows"))
    assert [json.loads(record)["id"] for page, _ in pages for record in page] == sorted(ids)
    assert there.asked == max(1, ceil(len(ids) / SIZE))
    assert pages[-1][1] == len(ids)
