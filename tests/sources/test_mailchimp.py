"""Mailchimp: lists that move while they are read, sign-ups without people, letters without readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.errors import ConfigError, SourceChanged, SourceRefused, SourceUnavailable
from pipeline.sources import mailchimp
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, Read, account, check, fetch, names

LIST = "a1b2c3d4e5"
Rows = list[dict[str, Any]]


def member(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{number:032x}",
        "email_address": f"nobody{number}@example.org",
        "status": "subscribed",
        "timestamp_signup": "2026-11-01T10:00:00+00:00",
        "timestamp_opt": "2026-11-01T10:00:00+00:00",
        "last_changed": "2026-11-01T10:00:00+00:00",
        "source": f"form {number}",
        **more,
    }


def audience(**stats: Any) -> dict[str, Any]:
    return {"id": LIST, "name": "Letter", "stats": {"member_count": 10, **stats}}


def letters(
    server: Loopback,
    members: Callable[[int], Rows] | Rows = (),  # type: ignore[assignment]
    reports: Rows = (),  # type: ignore[assignment]
    **stats: Any,
) -> None:
    """A platform whose members may be others in each call."""
    calls = [0]

    def answer(asked: Asked) -> Reply:
        name = asked.path.rpartition("/")[2]
        if name == LIST:
            return Reply(audience(**stats))
        rows = reports
        if name == "members":
            rows = members(calls[0]) if callable(members) else members
            calls[0] += 1
        start = int(asked.query["offset"])
        return Reply({name: list(rows)[start : start + int(asked.query["count"])], "total_items": len(rows)})

    server.answers = answer


def read(server: Loopback, page_size: int = 3, **options: Any) -> Read:
    return fetch(account("mailchimp", server.base, page_size=page_size, **options))


def forms(found: Read) -> list[str]:
    return names(found.records("members"), "source")


def of(server: Loopback, name: str) -> list[Asked]:
    return [asked for asked in server.asked if asked.path.endswith(name)]


@pytest.mark.parametrize("many", [0, 1, 2, 3, 4, 5, 6, 7, 20])
def test_every_member_comes_once_however_many_there_are(server: Loopback, many: int) -> None:
    letters(server, [member(n) for n in range(many)])
    found = read(server)
    assert forms(found) == [f"form {n}" for n in range(many)]
    assert found.announced("members") == many
    # Every page begins with the last row of the one before.
    offsets = [int(asked.query["offset"]) for asked in of(server, "/members")]
    assert offsets == [0, *range(2, max(many - 1, 0), 2)]


def test_what_is_asked_for_holds_nothing_of_anybody(server: Loopback) -> None:
    letters(server, [member(1)])
    read(server)
    (asked,) = of(server, "/members")
    assert asked.path == f"/lists/{LIST}/members"
    assert asked.query["since_last_changed"] == "2026-10-29T22:59:59+00:00"
    assert asked.query["before_last_changed"] == "2026-11-02T22:59:59+00:00"
    assert (asked.query["sort_field"], asked.query["sort_dir"], asked.query["count"]) == ("last_changed", "ASC", "3")
    assert not any(word in asked.target for word in ("email", "merge", "name", "ip_", "location"))


def test_a_member_is_a_hash_that_nobody_else_can_make(server: Loopback) -> None:
    letters(server, [member(7)])
    found = read(server)
    (record,) = found.records("members")
    assert set(record) == {"member", "status", "timestamp_signup", "timestamp_opt", "last_changed", "source"}
    assert len(record["member"]) == 24
    raw = b"".join(record for records in found.raw.values() for record in records)
    assert member(7)["id"].encode() not in raw
    assert b"nobody" not in raw
    there = replace(account("mailchimp", server.base, page_size=3), id="other")
    server.answers = lambda asked: (
        Reply({**audience(), "id": "other"})
        if asked.path.endswith("/other")
        else Reply({"members": [member(7)], "reports": [], "total_items": 1 if "members" in asked.path else 0})
    )
    (other,) = fetch(there).records("members")
    assert other["member"] != record["member"]


def test_without_a_key_for_people_there_are_no_members_and_it_is_said(server: Loopback) -> None:
    letters(server, [member(1)])
    found = fetch(replace(account("mailchimp", server.base), person_key=None))
    assert "person_key" in found.absent["members"]
    assert (of(server, "/members"), found.delivered()) == ([], {"audience", "reports"})


def moving(*states: Rows) -> Callable[[int], Rows]:
    return lambda call: states[min(call, len(states) - 1)]


FIVE = [member(n) for n in range(5)]


def test_a_list_that_shifts_under_the_walk_is_read_again(server: Loopback) -> None:
    # The first of five changes after the first page: it goes to the end, and the third would be passed over.
    shifted = [*FIVE[1:], member(0, status="unsubscribed")]
    letters(server, moving(FIVE, shifted))
    found = read(server)
    assert forms(found) == [f"form {n}" for n in (1, 2, 3, 4, 0)]
    assert found.records("members")[-1]["status"] == "unsubscribed"
    assert [asked.query["offset"] for asked in of(server, "/members")] == ["0", "2", "0", "2"]


def test_who_leaves_the_list_while_it_is_read_hides_nobody(server: Loopback) -> None:
    letters(server, moving(FIVE, FIVE[1:]))
    assert forms(read(server)) == [f"form {n}" for n in range(1, 5)]
    # One leaves and one comes: the total says nothing of it.
    letters(server, moving(FIVE, [*FIVE[1:], member(9)]))
    assert forms(read(server)) == [f"form {n}" for n in (1, 2, 3, 4, 9)]


def test_who_joins_at_the_end_while_it_is_read_is_read_as_well(server: Loopback) -> None:
    letters(server, moving(FIVE, [*FIVE, member(5), member(6)]))
    assert forms(read(server)) == [f"form {n}" for n in range(7)]
    assert len(of(server, "/members")) == 3


def test_a_page_that_is_cut_short_is_no_end(server: Loopback) -> None:
    letters(server, FIVE)
    whole = server.answers

    def clamped(asked: Asked) -> Reply:
        """Two rows at a time, whatever was asked for."""
        return whole(replace(asked, query={**asked.query, "count": "2"}))

    server.answers = clamped
    assert forms(read(server, page_size=1000)) == [f"form {n}" for n in range(5)]


def test_a_list_that_never_stands_still_is_not_believed(server: Loopback) -> None:
    letters(server, lambda call: FIVE if call % 2 == 0 else FIVE[1:])
    with pytest.raises(SourceUnavailable, match="changed each of 5 times"):
        read(server)
    # Fewer rows than the total says, again and again.
    server.answers = lambda asked: Reply(
        audience() if asked.path.endswith(LIST) else {"members": [], "reports": [], "total_items": 3}
    )
    with pytest.raises(SourceUnavailable, match="changed each of 5 times"):
        read(server)
    letters(server, [member(1), member(1)])
    with pytest.raises(SourceUnavailable, match="changed each of 5 times"):
        read(server)


@pytest.mark.parametrize(
    ("signed", "opted", "changed", "kept"),
    [
        ("2026-10-31T09:00:00+00:00", "2026-11-01T09:00:00+00:00", "2026-11-01T09:00:00+00:00", True),
        ("2026-10-31T09:00:00+00:00", "", "2026-10-31T09:00:00+00:00", True),
        ("", "2026-08-04T09:00:00+00:00", "2026-11-02T09:00:00+00:00", True),
        ("", "2026-08-04T08:59:59+00:00", "2026-11-02T09:00:00+00:00", False),
        ("2026-08-01T09:00:00+00:00", "2026-08-05T09:00:00+00:00", "2026-11-02T09:00:00+00:00", True),
        ("", "", "2026-11-02T09:00:00+00:00", False),
    ],
)
def test_a_change_counts_where_it_is_about_the_sign_up(
    server: Loopback, signed: str, opted: str, changed: str, kept: bool
) -> None:
    letters(server, [member(1, timestamp_signup=signed, timestamp_opt=opted, last_changed=changed)])
    found = read(server).records("members")
    assert len(found) == kept
    if found:
        assert (found[0]["timestamp_signup"], found[0]["timestamp_opt"]) == (signed or None, opted or None)


def report(number: int, sent: str, **more: Any) -> dict[str, Any]:
    opens = {"opens_total": 9, "unique_opens": 5}
    return {"id": f"c{number}", "list_id": LIST, "type": "regular", "send_time": sent, "opens": opens, **more}


def test_letters_of_the_window_and_the_audience_are_kept_with_a_word_about_opens(server: Loopback) -> None:
    sent = [
        report(1, "2026-10-30T09:00:00+00:00", subject_line="For Nobody"),
        report(2, "2026-11-02T22:59:59+00:00"),
        report(3, "2026-11-02T23:00:00+00:00"),
        report(4, "2026-11-01T09:00:00+00:00", list_id="another"),
    ]
    letters(server, reports=sent)
    found = read(server)
    assert names(found.records("reports"), "id") == ["c1", "c2"]
    assert "subject_line" not in found.records("reports")[0]
    assert [note.kind for note in found.notes] == ["opens_unreliable"]
    (asked, *_) = of(server, "/reports")
    assert asked.query["since_send_time"] == "2026-10-29T22:59:59+00:00"
    letters(server, reports=sent[:1])
    # Once for each letter, on its own night.
    assert read(server).notes == []


def test_the_number_of_members_is_that_of_now_and_of_no_older_night(server: Loopback) -> None:
    letters(server, unsubscribe_count=2, cleaned_count=1)
    (level,) = read(server).records("audience")
    assert level == {
        "day": "2026-11-02",
        "id": LIST,
        "member_count": 10,
        "unsubscribe_count": 2,
        "cleaned_count": 1,
    }
    server.date = "Wed, 11 Nov 2026 03:00:00 GMT"
    late = read(server)
    assert "only gives today's" in late.absent["audience"]
    assert "members" in late.delivered()


def test_the_key_travels_as_a_password_and_names_the_data_centre(server: Loopback) -> None:
    letters(server, [member(1)])
    read(server)
    assert {asked.headers["authorization"][:6] for asked in server.asked} == {"Basic "}
    assert not any("0123456789abcdef" in asked.target for asked in server.asked)
    there = account("mailchimp", mailchimp.BASE)
    assert mailchimp.open_session(there, NIGHT).base == "https://us21.api.mailchimp.com/3.0"
    for key in ("0123456789abcdef", "0123-evil.example/", "0123-us21.evil.example", "0123-", "0123-US21"):
        with pytest.raises(ConfigError, match="data centre") as caught:
            mailchimp.open_session(account("mailchimp", mailchimp.BASE, secrets={"key": key}), NIGHT)
        assert "0123" not in str(caught.value)


@pytest.mark.parametrize("size", [1, 0, -3, 1001, "many", True, 2.5])
def test_pages_have_a_size_that_the_platform_takes(server: Loopback, size: Any) -> None:
    letters(server)
    with pytest.raises(ConfigError, match="page_size"):
        read(server, page_size=size)


def test_a_check_tells_name_and_size(server: Loopback) -> None:
    letters(server)
    assert check(account("mailchimp", server.base)) == "audience Letter, 10 subscribed"
    without = replace(account("mailchimp", server.base), person_key=None)
    assert "person_key" in check(without)


def problem(status: int, title: str, http: int | None = None) -> Reply:
    told = {"type": "https://mailchimp.com/developer/marketing/docs/errors/", "title": title, "status": status}
    return Reply({**told, "detail": "In words.", "instance": "9d741ebc"}, http or status)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (problem(401, "API Key Invalid"), SourceRefused, "make a new API key"),
        (problem(401, "API Key Invalid", 200), SourceRefused, "make a new API key"),
        (problem(403, "User Disabled"), SourceRefused, "may not read"),
        (problem(404, "Resource Not Found"), SourceRefused, "Audience ID"),
        (problem(429, "Too Many Requests"), SourceUnavailable, "ten connections"),
        (problem(429, "Too Many Requests", 200), SourceUnavailable, "Too Many Requests"),
        (problem(400, "Invalid Resource"), SourceChanged, "Invalid Resource"),
        (problem(500, "Internal Server Error"), SourceUnavailable, "Internal"),
        (problem(503, "Compliance Related"), SourceUnavailable, "Compliance"),
        (Reply(b"<html>403 Forbidden</html>", 403, {"Content-Type": "text/html"}), SourceUnavailable, "ten conn"),
        (Reply(b"<html>too many</html>", 429, {"Content-Type": "text/html"}), SourceUnavailable, "ten connections"),
        (Reply(b"<html>log in</html>", 200, {"Content-Type": "text/html"}), SourceUnavailable, "login"),
        (Reply({"id": LIST, "name": "x"}), SourceChanged, "the audience"),
        (Reply({**audience(), "id": "another"}), SourceChanged, "another came"),
        (Reply([]), SourceChanged, "the audience"),
    ],
)
def test_every_error_of_the_platform_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("mailchimp a1b2c3d4e5, night 2026-11-02")
    assert "0123456789abcdef" not in str(caught.value)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"members": [member(1)]}, "does not say how many"),
        ({"members": [member(1)], "total_items": -1}, "does not say how many"),
        ({"members": [member(1)], "total_items": "one"}, "does not say how many"),
        ({"total_items": 1}, "the list of members"),
        ({"members": None, "total_items": 1}, "the list of members"),
        ({"members": [1], "total_items": 1}, "no object"),
        ({"members": [{"status": "subscribed"}], "total_items": 1}, "a row"),
        ({"members": [member(1, timestamp_opt="soon")], "total_items": 1}, "no usable time"),
        ({"members": [member(1, last_changed="2026-11-02")], "total_items": 1}, "no usable time"),
        ({"members": [member(1, status=7)], "total_items": 1}, "a member"),
    ],
)
def test_a_list_in_another_shape_is_not_believed(server: Loopback, document: dict[str, Any], words: str) -> None:
    server.answers = lambda asked: Reply(audience() if asked.path.endswith(LIST) else document)
    with pytest.raises(SourceChanged, match=words):
        read(server)


def test_totals_that_became_texts_are_the_same_totals(server: Loopback) -> None:
    document = {"members": [member(1)], "reports": [], "total_items": "1"}
    server.answers = lambda asked: Reply(
        audience(member_count="10")
        if asked.path.endswith(LIST)
        else {**document, "total_items": "1" if "members" in asked.path else "0"}
    )
    found = read(server)
    assert len(found.records("members")) == 1
    assert found.announced("members") == 1
