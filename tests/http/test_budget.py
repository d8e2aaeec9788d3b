"""A limit is spent to its kept share and then waited for: no request is refused, and hardly one is left over."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from pipeline.errors import QuotaExhausted, SourceUnavailable
from pipeline.http import (
    Answer,
    Known,
    Limits,
    Rates,
    bluesky_headers,
    mastodon_headers,
    meta_rates,
    x_headers,
)
from pipeline.http.budget import Budget
from pipeline.http.clock import Clock
from pipeline.http.ledger import Ledger
from tests.http.limited import START, Dialect, Limited, bluesky, mastodon, read, session, silent, x
from tests.sources.loopback import Asked, Loopback, Reply


@pytest.mark.parametrize(
    ("dialect", "reader", "limit", "window"),
    [(x, x_headers, 300, 900), (mastodon, mastodon_headers, 300, 300), (bluesky, bluesky_headers, 700, 300)],
    ids=["x", "mastodon", "bluesky"],
)
def test_more_work_than_a_window_holds_is_done_without_a_refusal_and_fills_each_window(
    dialect: Dialect, reader: Any, limit: int, window: float, tmp_path: Path
) -> None:
    platform = Limited(dialect, limit, window)
    with (
        platform.server as server,
        session(server.base, Rates(read=reader), state=tmp_path, sleep=platform.sleep) as http,
    ):
        read(http, 3 * limit)
    assert platform.refused == []
    assert len(platform.accepted) == 3 * limit
    assert min(platform.used_of_each_window()) >= 0.95
    assert len(platform.waits) == len(platform.used_of_each_window()) == 3


def test_what_others_spend_of_the_same_limit_is_seen_and_not_spent_twice() -> None:
    platform = Limited(x, 300, 900)
    platform.others = 2
    with platform.server as server, session(server.base, Rates(read=x_headers), sleep=platform.sleep) as http:
        read(http, 250)
    assert platform.refused == []
    assert len(platform.waits) == 2


def test_a_reset_beyond_the_patience_is_told_in_utc_and_nothing_more_is_asked() -> None:
    platform = Limited(x, 50, 3600)
    with platform.server as server, session(server.base, Rates(read=x_headers), sleep=platform.sleep) as http:
        with pytest.raises(QuotaExhausted) as error:
            read(http, 51)
        assert len(server.asked) == 49
    assert error.value.resets_at == datetime(2026, 11, 3, 4, tzinfo=UTC)
    assert str(error.value).endswith("the quota for all requests is spent until 2026-11-03 04:00:00 UTC")
    assert str(error.value).startswith("x 1 (127.0.0.1): ")
    assert platform.waits == []


def test_each_bucket_has_a_limit_of_its_own() -> None:
    def answers(asked: Asked) -> Reply:
        left[asked.path] -= 1
        return Reply({}, 200, x(100, left[asked.path], START + 7200))

    left = {"/users": 100, "/posts": 3}
    rates = Rates(read=x_headers, bucket=lambda path: path.strip("/"))
    with Loopback(answers) as server, session(server.base, rates) as http:
        read(http, 1, "posts")
        with pytest.raises(QuotaExhausted, match="the quota for posts is spent"):
            read(http, 1, "/posts")
        read(http, 90, "users")
    assert left == {"/users": 10, "/posts": 2}


def test_a_refusal_that_comes_nevertheless_is_waited_for_to_its_reset() -> None:
    platform = Limited(x, 10, 900)
    platform.limit = 0
    with platform.server as server, session(server.base, Rates(read=x_headers), sleep=platform.sleep) as http:
        server.answers = lambda asked: platform.answer(asked) if len(server.asked) < 2 else Reply({})
        platform.limit, platform._used = 10, 10
        read(http, 1)
    assert len(platform.refused) == 1
    assert platform.now >= START + 900


@pytest.mark.parametrize("header", ["400", "Tue, 03 Nov 2026 03:06:40 GMT"])
def test_a_429_with_retry_after_is_obeyed_beyond_an_ordinary_pause(header: str) -> None:
    waits: list[float] = []
    replies = [Reply({}, 429, {"Retry-After": header}), Reply({"data": 1})]
    with (
        Loopback(lambda _: replies.pop(0)) as server,
        session(server.base, Rates(read=bluesky_headers), sleep=waits.append) as http,
    ):
        read(http, 1)
    assert 400 <= sum(waits) <= 402


def test_a_429_is_asked_again_no_more_often_than_anything_else() -> None:
    with (
        Loopback(lambda _: Reply({}, 429, {"Retry-After": "60"})) as server,
        session(server.base, Rates(read=bluesky_headers)) as http,
    ):
        with pytest.raises(QuotaExhausted) as error:
            read(http, 1)
        assert len(server.asked) == Limits().attempts
    assert error.value.resets_at is not None


def test_a_quota_that_the_judge_calls_spent_is_spent_for_its_bucket_until_then() -> None:
    def judge(answer: Answer) -> None:
        raise QuotaExhausted("resource level throttle limit", resets_at=datetime(2026, 11, 4, tzinfo=UTC))

    with Loopback(lambda _: Reply({}, 429)) as server, session(server.base, Rates(bucket=lambda path: path)) as http:
        with pytest.raises(QuotaExhausted, match="resource level"):
            http.get("posts", judge=judge)
        with pytest.raises(QuotaExhausted, match="the quota for posts is spent until 2026-11-04 00:00:00 UTC"):
            read(http, 1)
        assert len(server.asked) == 1


def test_units_of_a_day_are_counted_to_midnight_in_the_platforms_zone(tmp_path: Path) -> None:
    """03:00 UTC is 19:00 in Los Angeles: the day that is spent there ends at 08:00 UTC."""
    rates = Rates(
        cost=lambda path: 100 if path == "search" else 1,
        known={"all requests": Known(1000, "day in America/Los_Angeles")},
    )
    platform = Limited(silent, 10**6, 86400)
    with platform.server as server:
        with session(server.base, rates, state=tmp_path) as http:
            read(http, 9, "search")
            read(http, 80, "videos")
            with pytest.raises(QuotaExhausted, match="2026-11-03 08:00:00 UTC"):
                read(http, 1, "videos")
        platform.now = datetime(2026, 11, 3, 8, 0, 1, tzinfo=UTC).timestamp()
        with session(server.base, rates, state=tmp_path) as http:
            read(http, 20, "videos")
    assert len(platform.accepted) == 109


def test_a_limit_per_second_is_paced() -> None:
    """10 a second: never more in any second, and with enough work hardly fewer."""
    platform = Limited(silent, 10**6, 10**6, takes=0.0)
    rates = Rates(known={"all requests": Known(10, per=1)})
    with platform.server as server, session(server.base, rates, sleep=platform.sleep) as http:
        read(http, 50)
    waited = sum(platform.waits)
    assert 4.5 <= waited + 0.5 <= 5.6


def test_a_share_that_names_no_reset_slows_down_to_one_request_a_minute() -> None:
    usage = {"call_count": 97}

    def answers(asked: Asked) -> Reply:
        usage["call_count"] += 1 if len(server.asked) < 4 else -2
        return Reply({}, 200, {"X-App-Usage": json.dumps(usage)})

    waits: list[float] = []
    with Loopback(answers) as server, session(server.base, meta_rates("pages"), sleep=waits.append) as http:
        read(http, 8)
    # A minute each before the requests that follow upon 99 and 100 percent; then the use goes down.
    assert [round(wait) for wait in waits] == [60, 60]


def test_the_minutes_of_meta_are_a_reset() -> None:
    use = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 23}
    told = {"X-Business-Use-Case-Usage": json.dumps({"104001": [use]})}
    with Loopback(lambda _: Reply({}, 200, told)) as server, session(server.base, meta_rates("pages")) as http:
        read(http, 1)
        with pytest.raises(QuotaExhausted, match="the quota for pages is spent until 2026-11-03 03:23:00 UTC"):
            read(http, 1)


def test_a_request_without_an_answer_counts_as_spent() -> None:
    rates = Rates(known={"all requests": Known(8, "day in UTC")})
    with session("http://127.0.0.1:1", rates) as http:
        for _ in range(2):
            with pytest.raises(SourceUnavailable, match="refused"):
                read(http, 1)
        with pytest.raises(QuotaExhausted):
            read(http, 1)


def test_an_answer_that_was_overtaken_gives_nothing_back() -> None:
    def told(remaining: int, reset: float = START + 900) -> Answer:
        return Answer(200, CaseInsensitiveDict(x(100, remaining, reset)), b"{}")

    clock = Clock(lambda _: None)
    clock.told(formatdate(START, usegmt=True))
    budget = Budget(Rates(read=x_headers), Ledger(None), clock, patience=0)
    first, second = budget.take("posts"), budget.take("posts")
    budget.settle(second, "posts", told(3))
    budget.settle(first, "posts", told(4))
    last = budget.take("posts")
    with pytest.raises(QuotaExhausted):
        budget.take("posts")
    # Of the window before: neither what was left then, nor that nothing was.
    budget.settle(last, "posts", told(0, START - 900))
    last = budget.take("posts")
    budget.settle(last, "posts", told(2))
    budget.settle(last, "posts", told(90, START - 900))
    with pytest.raises(QuotaExhausted):
        budget.take("posts")
    budget.settle(last, "posts", told(99, START + 1800))
    budget.take("posts")
