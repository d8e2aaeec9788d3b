"""X costs money: what a night may buy, what it bought, and that no request is sent that might pass the budget."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import QuotaExhausted
from tests.sources.loopback import Loopback, Reply
from tests.sources.reading import Read, account, fetch, unit
from tests.sources.x_service import Service, answered, post, response


def read(server: Loopback, state: Path | None = None, **options: Any) -> Read:
    found = replace(account("x", server.base, **options), state=state)
    return fetch(found, unit(found))


def bought(found: Read) -> str:
    return next(note.message for note in found.notes if note.kind == "reads_bought")


def ended(found: Read) -> list[str]:
    return [note.message for note in found.notes if note.kind == "read_budget"]


def posts(count: int) -> list[dict[str, Any]]:
    return [post(n) for n in range(count, 0, -1)]


def asked_at_most(service: Service) -> int:
    """The most resources that the answers to all requests might have held."""
    total = 0
    for asked in service.server.asked:
        query = asked.query
        listed = query.get("ids") or query.get("usernames")
        total += int(query.get("max_results", 0)) or (len(listed.split(",")) if listed else 1)
    return total


def test_the_note_says_what_was_bought_and_for_how_much(server: Loopback) -> None:
    Service(server, [answered(1), post(2)], mentions=[response(1)], recent=[response(2)])
    told = bought(read(server, tracked=("rival",)))
    assert told == (
        "8 resources bought (2 own posts, 2 analytics of own posts, 2 posts of others, 2 profiles) for 0.034 USD,"
        " of at most 10000 and 10 USD a night"
    )


def test_prices_are_settings_and_own_posts_cost_like_others_where_the_app_is_not_the_accounts(server: Loopback) -> None:
    Service(server, [post(1)])
    assert "for 0.012 USD" in bought(read(server))
    assert "for 0.02 USD" in bought(read(server, owned_reads=False))
    assert "for 0.5 USD" in bought(read(server, price_user_read=Decimal("0.498")))


def test_the_same_resource_is_charged_once_a_day(server: Loopback) -> None:
    # A reply that also names the account comes twice; it is one resource.
    Service(server, [answered(1)], mentions=[response(1)], recent=[response(1)])
    assert "1 posts of others" in bought(read(server))


@pytest.mark.parametrize("reads", [0, 1, 3, 6, 20, 50, 107, 160, 1000])
def test_no_budget_in_resources_is_ever_passed(server: Loopback, reads: int) -> None:
    service = Service(server, posts(60), mentions=[response(n) for n in range(40, 0, -1)])
    found = read(server, reads_per_night=reads, tracked=("rival", "other"))
    assert int(bought(found).split(" ", 1)[0]) <= reads
    # Each request was asked so small that even a full answer had its place.
    spent = 0
    for asked in service.server.asked:
        most = int(asked.query.get("max_results", 0))
        assert spent + most <= reads
        spent += min(most, 60)


@pytest.mark.parametrize("money", ["0", "0.0101", "0.03", "0.075", "0.1", "0.2", "0.5"])
def test_no_budget_in_money_is_ever_passed(server: Loopback, money: str) -> None:
    Service(server, posts(60), mentions=[response(n) for n in range(40, 0, -1)])
    told = bought(read(server, money_per_night=Decimal(money)))
    assert Decimal(told.partition(" for ")[2].partition(" USD")[0]) <= Decimal(money)


def test_a_list_of_posts_that_the_budget_cuts_is_absent_and_nothing_looks_deleted(server: Loopback) -> None:
    service = Service(server, posts(205))
    found = read(server, reads_per_night=150)
    assert "posts" not in found.delivered()
    assert "read budget of the night is spent" in found.absent["posts"]
    assert "149 were bought and are not kept" in found.absent["posts"]
    assert len(found.records("account")) == 1
    assert [a.query["max_results"] for a in service.of("/tweets")] == ["100", "49"]
    assert set(found.absent) == {"posts", "analytics", "mentions", "replies"}


def test_what_was_read_of_the_mentions_is_kept_and_what_is_missing_is_said(server: Loopback) -> None:
    Service(server, [post(1)], mentions=[response(n) for n in range(240, 0, -1)])
    found = read(server, reads_per_night=120)
    assert len(found.records("mentions")) == 117
    assert "only 117 records of mentions were read" in ended(found)[0]
    assert "mentions" not in found.absent
    assert len(found.records("posts")) == 1


@pytest.mark.parametrize("reads", [150, 320])
def test_an_old_window_that_the_budget_cuts_is_left_for_another_day(server: Loopback, reads: int) -> None:
    # A backfill asks for it once: what would be absent now would be absent for ever.
    server.date = "Fri, 13 Nov 2026 03:00:00 GMT"
    Service(server, posts(205))
    with pytest.raises(QuotaExhausted, match="read budget of the night is spent") as raised:
        read(server, reads_per_night=reads)
    assert raised.value.resets_at == datetime(2026, 11, 14, tzinfo=UTC)


def test_without_any_budget_nothing_is_asked(server: Loopback) -> None:
    Service(server, [post(1)])
    found = read(server, reads_per_night=0)
    assert server.asked == []
    assert set(found.absent) == {"account", "posts", "analytics", "mentions", "replies"}


def test_a_second_attempt_of_the_night_does_not_spend_the_budget_again(server: Loopback, tmp_path: Path) -> None:
    Service(server, posts(5))
    first = read(server, tmp_path, reads_per_night=250)
    assert bought(first).startswith("11 resources")
    # The same resources cost nothing more on the same UTC day, and other ones add to them.
    assert bought(read(server, tmp_path, reads_per_night=250)).startswith("11 resources")
    Service(server, posts(8))
    assert bought(read(server, tmp_path, reads_per_night=250)).startswith("17 resources")
    Service(server, posts(2))
    assert bought(read(server, tmp_path, reads_per_night=250)).startswith("17 resources")
    # The platform's day counts, not this machine's.
    server.date = "Wed, 04 Nov 2026 03:00:00 GMT"
    assert bought(read(server, tmp_path, reads_per_night=250)).startswith("5 resources")


def test_what_is_kept_of_the_purchases_names_no_person(server: Loopback, tmp_path: Path) -> None:
    service = Service(server, [post(1)])
    service.dialect = "post"
    users = {"users": [{"id": "77001", "name": "Somebody", "username": "somebody"}]}
    page = Reply({"data": [response(1)], "includes": users, "meta": {"result_count": 1}})
    service.before = lambda a: page if a.path.endswith("/mentions") and "post.fields" in a.query else None
    assert "2 profiles" in bought(read(server, tmp_path, dialect="post"))
    assert "2 profiles" in bought(read(server, tmp_path, dialect="post"))
    (kept,) = (tmp_path / "reads").glob("x-*.json")
    assert b"77001" not in kept.read_bytes()


def test_in_the_words_of_posts_the_expansions_have_their_place_in_the_budget(server: Loopback) -> None:
    service = Service(server, posts(5))
    service.dialect = "post"
    read(server, dialect="tweet", reads_per_night=100)
    sizes = [a.query["max_results"] for a in service.of("/tweets") if "/users/" in a.path]
    # One post may bring another one and a profile: a third of what is left.
    assert sizes == ["99", "33"]


def test_a_year_is_read_with_the_fewest_requests_that_the_contract_allows(server: Loopback) -> None:
    rows = [post(n, f"2026-{1 + n % 10:02d}-{1 + n % 28:02d}T{n % 24:02d}:00:00.000Z") for n in range(730)]
    rows.sort(key=lambda row: str(row["created_at"]), reverse=True)
    for place, row in enumerate(rows):
        row["id"] = str(10**18 + 10_000 - place)
    Service(server, rows, mentions=[response(n) for n in range(60, 0, -1)])
    there = account("x", server.base)
    found = fetch(there, unit(there, days=365))
    assert len(found.records("posts")) == 730
    recent = sum(str(row["created_at"]) >= "2026-10-04T04" for row in rows)
    pages = -(-recent // 100) + -(-(730 - recent) // 100)
    least = 1 + pages + -(-730 // 100) + 1
    assert found.requests <= 1.05 * least


def test_only_so_much_is_asked_for_as_one_could_pay(server: Loopback) -> None:
    service = Service(server, posts(3))
    read(server, money_per_night=Decimal("0.031"))
    assert asked_at_most(service) <= 1 + 21 + 3 + 3
