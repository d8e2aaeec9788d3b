"""Walking through lists: every page once, the last one too, and never for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceChanged
from pipeline.paging import by_cursor, by_page, by_window, cursor_of

BASE = "https://graph.facebook.com/v26.0"


def chain(
    pages: list[list[int]], *, cursors: list[str] | None = None
) -> Callable[[str | None], tuple[list[int], str | None]]:
    """A platform that hands out these pages, each naming the next by a cursor."""
    names = cursors or [f"c{number}" for number in range(len(pages))]

    def ask(cursor: str | None) -> tuple[list[int], str | None]:
        index = 0 if cursor is None else names.index(cursor) + 1
        return pages[index], names[index] if index + 1 < len(pages) else None

    return ask


@given(st.lists(st.lists(st.integers(), max_size=3), min_size=1, max_size=30))
def test_every_page_comes_once_and_in_order_however_short_it_is(pages: list[list[int]]) -> None:
    assert list(by_cursor(chain(pages))) == pages


@given(st.integers(0, 40))
def test_pages_are_counted_by_the_header_never_by_their_size(total: int) -> None:
    asked = []

    def ask(number: int) -> tuple[int, int]:
        asked.append(number)
        return number, total

    assert list(by_page(ask)) == asked == list(range(1, max(total, 1) + 1))


def test_a5_a_list_that_grows_while_it_is_read_is_read_to_its_new_end() -> None:
    totals = {1: 2, 2: 3, 3: 3}
    assert list(by_page(lambda number: (number, totals[number]))) == [1, 2, 3]


def test_a5_a_list_that_shrinks_is_not_asked_for_pages_that_are_gone() -> None:
    totals = {1: 3, 2: 2}
    assert list(by_page(lambda number: (number, totals[number]))) == [1, 2]


@pytest.mark.parametrize("total", [None, -1, 10**9])
def test_a5_a_page_that_does_not_say_how_many_there_are_is_an_error(total: int | None) -> None:
    with pytest.raises(SourceChanged, match="page 1 does not say"):
        list(by_page(lambda _: ([], total)))


def test_a5_the_total_must_not_vanish_on_a_later_page() -> None:
    with pytest.raises(SourceChanged, match="page 2 does not say"):
        list(by_page(lambda number: ([], 3 if number == 1 else None)))


@pytest.mark.parametrize("loop", [["a", "a"], ["a", "b", "a"], ["a", "b", "c", "b"]])
def test_a6_a_cursor_that_comes_again_ends_the_walk(loop: list[str]) -> None:
    following = dict(zip([None, *loop], [*loop, loop[0]], strict=True))
    with pytest.raises(SourceChanged, match="in a circle"):
        list(by_cursor(lambda cursor: (cursor, following[cursor])))


def test_a6_cursors_without_end_end() -> None:
    asked: list[str | None] = []

    def ask(cursor: str | None) -> tuple[None, str]:
        asked.append(cursor)
        return None, f"c{len(asked)}"

    with pytest.raises(SourceChanged, match="no end: 50 pages"):
        list(by_cursor(ask, most=50))
    assert len(asked) == 50


def test_an_error_of_a_page_ends_the_walk_where_it_was() -> None:
    def ask(cursor: str | None) -> tuple[int, str]:
        if cursor == "c1":
            raise SourceChanged("broken")
        return 1, "c1"

    walk = by_cursor(ask)
    assert next(walk) == 1
    with pytest.raises(SourceChanged, match="broken"):
        next(walk)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400), st.integers(1, 100))
def test_windows_cover_every_day_once(since: date, length: int, days: int) -> None:
    until = since + timedelta(days=length)
    windows = list(by_window(since, until, days))
    covered = [w.since + timedelta(days=d) for w in windows for d in range((w.until - w.since).days + 1)]
    assert covered == [since + timedelta(days=d) for d in range(length + 1)]
    assert all((w.until - w.since).days < days for w in windows)
    assert len(windows) == -(-(length + 1) // days)


def test_a_window_that_ends_before_it_begins_is_empty() -> None:
    assert list(by_window(date(2026, 11, 2), date(2026, 11, 1), 7)) == []
    with pytest.raises(ValueError, match="at least one day"):
        list(by_window(date(2026, 11, 2), date(2026, 11, 3), 0))


@given(st.text(min_size=1, max_size=200), st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_a_cursor_comes_out_of_its_link_as_it_went_in(cursor: str, others: list[tuple[str, str]]) -> None:
    query = urlencode([*(pair for pair in others if pair[0] != "after"), ("after", cursor)], errors="surrogatepass")
    assert cursor_of(f"{BASE}/104001/posts?{query}", BASE, "after") == cursor


@pytest.mark.parametrize("none", [None, ""])
def test_no_link_is_no_cursor(none: str | None) -> None:
    assert cursor_of(none, BASE, "after") is None


@pytest.mark.parametrize("query", ["", "after=", "other=1", "after=a&after=b", "after=" + "x" * 9000])
def test_a5_a_link_without_one_usable_cursor_does_not_end_the_list_silently(query: str) -> None:
    with pytest.raises(SourceChanged, match="no usable after"):
        cursor_of(f"{BASE}/x?{query}", BASE, "after")


@pytest.mark.parametrize("link", ["https://GRAPH.facebook.com:443/other?after=c", "HTTPS://graph.facebook.com?after=c"])
def test_the_same_origin_may_be_written_in_another_way(link: str) -> None:
    assert cursor_of(link, BASE, "after") == "c"
