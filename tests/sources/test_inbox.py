"""The inbox: who may send, what is understood, what is kept of it, and what a night reads."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError, SourceChanged, SourceUnavailable
from pipeline.settings import Account, Secret
from pipeline.sources.inbox.desk import Desk
from pipeline.sources.inbox.refusal import Refusal
from pipeline.sources.inbox.signature import HEADER, sign
from pipeline.sources.inbox.spool import Spool
from tests.sources.loopback import Loopback, Reply
from tests.sources.reading import account, check, fetch, unit

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SECRET = "inbox-0123456789abcdef"
HOME = "http://127.0.0.1:9"


def there(folder: Path, site: str = "shop", **more: Any) -> Account:
    return replace(account("inbox", HOME, spool=str(folder)), site=site, **more)


@pytest.fixture
def forms(tmp_path: Path) -> Account:
    return there(tmp_path)


def sent(**fields: Any) -> dict[str, Any]:
    told = {"id": "r1", "site": "shop", "action": "quote_request", "occurred_at": "2026-11-02T12:59:00+01:00"}
    return {name: value for name, value in {**told, **fields}.items() if value is not ...}


def take(
    account: Account,
    told: dict[str, Any] | bytes,
    *,
    secret: str = SECRET,
    at: datetime = NOW,
    now: datetime = NOW,
    **headers: str,
) -> str:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    given = {HEADER: sign(secret, body, int(at.timestamp()))}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Desk([account], now=lambda: now).take({**given, **more}, body).status


def refused(call: Callable[[], object]) -> tuple[int, str, str | None]:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.status, caught.value.code, caught.value.field


def records(account: Account) -> list[dict[str, str | None]]:
    return [stored.record for stored in Spool(account).records()]


def test_what_is_taken_is_kept_as_it_was_understood_and_nothing_of_anybody(forms: Account, tmp_path: Path) -> None:
    told = sent(value=120.5, currency="EUR", utm_source=" Facebook ", click_reference="c-1", utm_medium="")
    assert take(forms, {**told, "email": " Nobody@Example.org ", "name": "Nobody", "message": "a birthday"}) == "stored"
    (record,) = records(forms)
    assert record == {
        "id": "r1",
        "site": "shop",
        "action": "quote_request",
        "occurred_at": "2026-11-02T11:59:00Z",
        "received_at": "2026-11-02T12:00:00Z",
        "value": "120.5",
        "currency": "EUR",
        "utm_source": "Facebook",
        "utm_medium": None,
        "utm_campaign": None,
        "utm_content": None,
        "click_reference": "c-1",
        "person": record["person"],
    }
    content = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()).lower()
    assert record["person"]
    assert b"nobody" not in content
    assert b"birthday" not in content


def test_a_person_is_the_same_hash_however_the_address_is_written(forms: Account) -> None:
    for n, mail in enumerate(("Nobody@example.org", " nobody@EXAMPLE.org", "other@example.org")):
        take(forms, sent(id=f"r{n}", email=mail))
    people = [record["person"] for record in sorted(records(forms), key=lambda each: each["id"] or "")]
    assert people[0] == people[1] != people[2]
    take(replace(forms, person_key=None), sent(id="r9", email="nobody@example.org"))
    assert [each["person"] for each in records(forms) if each["id"] == "r9"] == [None]


def test_the_same_key_again_is_known_and_with_another_message_it_is_refused(forms: Account) -> None:
    assert [take(forms, sent(value=5, currency="EUR")) for _ in range(3)] == ["stored", "known", "known"]
    # As another program writes the same.
    assert take(forms, b" " + json.dumps(sent(currency="EUR", value=5), indent=2).encode()) == "known"
    for other in (sent(value=6, currency="EUR"), sent(value=5, currency="EUR", name="somebody else")):
        assert refused(partial(take, forms, other)) == (409, "key_taken", None)
    assert len(records(forms)) == 1


def test_a_key_of_the_header_wins_and_stands_for_an_id_that_is_missing(forms: Account) -> None:
    assert take(forms, sent(id=...), Idempotency_Key="k-1") == "stored"
    assert take(forms, sent(id=...), Idempotency_Key="k-1") == "known"
    assert refused(lambda: take(forms, sent(), Idempotency_Key="k-1")) == (409, "key_taken", None)
    assert take(forms, sent(id=77), Idempotency_Key="k-2") == "stored"
    assert {record["id"] for record in records(forms)} == {"k-1", "77"}
    for bad in ("", "a b", "é", "x" * 201):
        assert refused(partial(take, forms, sent(), Idempotency_Key=bad)) == (
            422,
            "wrong_field",
            "Idempotency-Key",
        )


def test_a_test_is_checked_like_everything_and_not_stored(forms: Account) -> None:
    assert take(forms, sent(test=True)) == "test"
    assert records(forms) == []
    assert refused(lambda: take(forms, sent(test=True, action="sale")))[0] == 422
    assert take(forms, sent(test="no")) == "stored"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ...), ("id", None), ("id", "  "), ("id", True), ("id", 1.5), ("id", ["r1"]), ("id", "x" * 201),
        ("id", "a\nb"), ("id", "\u0000"), ("id", "\ud800"), ("id", "of.nobody@example.org"),
        ("site", ...), ("site", 7), ("site", "x" * 501),
        ("action", ...), ("action", "sale"), ("action", "QUOTE_REQUEST"), ("action", {}),
        ("occurred_at", ...), ("occurred_at", 1_700_000_000), ("occurred_at", "2026-11-02"),
        ("occurred_at", "2026-11-02T12:00:00"), ("occurred_at", "yesterday"),
        ("occurred_at", "0001-01-01T00:00:00+14:00"),
        ("occurred_at", "2026-11-02T12:05:01Z"), ("occurred_at", "1970-01-01T00:00:00Z"),
        ("value", -0.01), ("value", "-1"), ("value", 1e12), ("value", "1e400"), ("value", "NaN"), ("value", "Infinity"),
        ("value", "12,50"), ("value", "12 EUR"), ("value", True), ("value", [1]), ("value", 0.00001),
        ("currency", ...), ("currency", "eur"), ("currency", "€"), ("currency", 978),
        ("utm_source", 7), ("utm_campaign", "x" * 501), ("utm_content", "a\tb"), ("click_reference", {"a": 1}),
        ("email", 7), ("person", ["x"]),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_right_is_named(forms: Account, field: str, value: Any) -> None:
    told = sent(**{"value": 5, "currency": "EUR", field: value})
    assert refused(lambda: take(forms, told)) == (422, "wrong_field", field)
    assert records(forms) == []


@pytest.mark.parametrize(
    ("value", "kept"),
    [(0, "0"), (12, "12"), (0.1, "0.1"), (" 12.50 ", "12.50"), ("1e3", "1000"), (1e9, "1000000000.0"), ("", None)],
)
def test_amounts_are_kept_as_exact_as_they_came(forms: Account, value: Any, kept: str | None) -> None:
    take(forms, sent(value=value, currency="EUR"))
    (record,) = records(forms)
    assert (record["value"], record["currency"]) == (kept, "EUR" if kept else None)


def test_an_address_in_a_link_is_left_out(forms: Account) -> None:
    take(forms, sent(utm_content="to nobody@example.org", click_reference="nobody%40example.org"))
    (record,) = records(forms)
    assert (record["utm_content"], record["click_reference"]) == (None, None)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"null", b'"x"', b"\xff", b'{"value": NaN}', b"[" * 100_000, b"9" * 5000]
)
def test_what_is_no_json_object_is_refused(forms: Account, body: bytes) -> None:
    assert refused(lambda: take(forms, body)) == (400, "not_json", None)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals().map(str)
    | st.text()
    | st.datetimes().map(str),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=4,
)
FIELDS = ("id", "site", "action", "occurred_at", "value", "currency", "utm_source", "click_reference", "email", "test")


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=4))
def test_whatever_is_signed_is_taken_whole_or_refused_in_words(fields: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        forms, told = there(Path(folder)), sent(**fields)
        try:
            status = take(forms, json.dumps(told).encode())
        except Refusal as refusal:
            status = f"{refusal.status}"
        assert status in ("stored", "test", "400", "404", "422")
        # What was taken is there, can be read by a night, and comes once.
        assert len(records(forms)) == (status == "stored")
        assert len(fetch(forms).records("messages")) == (status == "stored")
        if status == "stored":
            assert take(forms, json.dumps(told).encode()) == "known"


def test_only_who_has_the_secret_is_heard(forms: Account) -> None:
    body, at = json.dumps(sent()).encode(), int(NOW.timestamp())
    good = sign(SECRET, body, at)
    digest = good.partition("v1=")[2]

    def with_header(header: str | None, what: bytes = body) -> Any:
        return Desk([forms], now=lambda: NOW).take({HEADER: header}, what).status

    bad = [
        None, "", "v1=" + digest, f"t={at}", f"t=,v1={digest}", f"t={at},v1={digest[:-1]}", f"t={at},v0={digest}",
        f"t={at},t={at},v1={digest}", f"t=-1,v1={digest}", f"t=²,v1={digest}", f"t={at},v1={'0' * 64}",
        sign("inbox-0123456789abcdeF", body, at), f"t={at + 1},v1={digest}",
        f"t={at}," + ",".join([f"v1={digest}"] * 9),
    ]  # fmt: skip
    assert [refused(partial(with_header, header))[0] for header in bad] == [401] * len(bad)
    # Every byte is signed.
    assert refused(lambda: with_header(good, body + b" ")) == (401, "wrong_signature", None)
    # While a secret is replaced there is more than one signature; letters may be large.
    assert with_header(f"t={at}, v1={'0' * 64}, v1={digest.upper()}, v2=x") == "stored"


def test_a_secret_is_replaced_without_a_gap(forms: Account) -> None:
    secrets = {"secret": Secret("env:n", "a new secret of it"), "previous_secret": forms.secrets["secret"]}
    both = replace(forms, secrets=secrets)
    assert take(both, sent(), secret="a new secret of it") == "stored"
    assert take(both, sent(), secret=SECRET) == "known"
    only = replace(forms, secrets={"secret": secrets["secret"]})
    assert take(only, sent(), secret="a new secret of it") == "known"
    assert refused(lambda: take(only, sent(), secret=SECRET))[0] == 401


@pytest.mark.parametrize(("late", "good"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_a_signature_is_good_for_five_minutes(forms: Account, late: int, good: bool) -> None:
    def call() -> str:
        return take(forms, sent(), at=NOW, now=NOW + timedelta(seconds=late))

    if good:
        assert call() == "stored"
        return
    with pytest.raises(Refusal, match="check the clock") as caught:
        call()
    assert (caught.value.status, caught.value.code) == (401, "outside_the_window")


def test_a_site_has_its_own_inbox_and_its_own_secret(tmp_path: Path) -> None:
    other = there(tmp_path, "journal", id="other", secrets={"secret": Secret("env:o", "another secret of it")})
    desk = Desk([there(tmp_path), other], now=lambda: NOW)

    def call(site: str, secret: str) -> str:
        body = json.dumps(sent(site=site)).encode()
        return desk.take({HEADER: sign(secret, body, int(NOW.timestamp()))}, body).status

    # The same id at two sites is two requests.
    assert [call("shop", SECRET), call("journal", "another secret of it")] == ["stored", "stored"]
    assert refused(lambda: call("journal", SECRET)) == (401, "wrong_signature", None)
    assert refused(lambda: call("elsewhere", SECRET)) == (404, "unknown_site", None)
    assert [len(records(each)) for each in (there(tmp_path), other)] == [1, 1]


def test_settings_that_could_not_work_are_refused(tmp_path: Path) -> None:
    for accounts in ([], [there(tmp_path), there(tmp_path, id="b")]):
        with pytest.raises(ConfigError, match="each of another site"):
            Desk(accounts)
    with pytest.raises(ConfigError, match="env:short must have 16 signs"):
        Desk([there(tmp_path, secrets={"secret": Secret("env:short", "short")})])
    with pytest.raises(ConfigError, match="its secret is not there"):
        Desk([there(tmp_path, secrets={})])
    with pytest.raises(ConfigError, match="no folder"):
        Spool(replace(there(tmp_path), options={}, state=None))


def test_a_night_reads_the_days_on_which_messages_came_and_the_last_word_on_each(forms: Account) -> None:
    come = {
        "too early": datetime(2026, 10, 29, 22, 59, tzinfo=UTC),
        "at its first moment": datetime(2026, 10, 29, 23, 0, tzinfo=UTC),
        "at its last": datetime(2026, 11, 2, 22, 59, 59, tzinfo=UTC),
        "too late": datetime(2026, 11, 2, 23, 0, tzinfo=UTC),
    }
    for name, at in come.items():
        take(forms, sent(id=name, occurred_at="2026-10-20T12:00:00Z"), at=at, now=at)
    for key, hour in (("a", 11), ("c", 13), ("b", 12)):
        at = NOW.replace(hour=hour)
        told = sent(id="twice", value=hour, currency="EUR", occurred_at="2026-11-02T10:00:00Z")
        take(forms, told, at=at, now=at, Idempotency_Key=key)
    found = fetch(forms, unit(forms))
    told_ids = {record["id"]: record["value"] for record in found.records("messages")}
    assert told_ids == {"at its first moment": None, "at its last": None, "twice": "13"}
    assert (found.announced("messages"), found.requests, found.notes) == (3, 0, [])


def test_an_inbox_without_a_message_is_read_as_empty(forms: Account) -> None:
    found = fetch(forms)
    assert (found.delivered(), found.records("messages"), found.announced("messages")) == ({"messages"}, [], 0)


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"fingerprint":"x"}', b"\xff", b"[" * 100_000, b'{"fingerprint":"x","record":{}}']
)
def test_a_file_that_is_damaged_is_named_and_nothing_is_landed(forms: Account, content: bytes) -> None:
    take(forms, sent())
    bad = Spool(forms).folder / "0.json"
    bad.write_bytes(content)
    with pytest.raises(SourceChanged, match=r"inbox forms, night 2026-11-02: .*0\.json"):
        fetch(forms)
    bad.rename(bad.with_suffix(".damaged"))
    assert len(fetch(forms).records("messages")) == 1


def test_what_is_half_written_is_nobodys_message(forms: Account) -> None:
    take(forms, sent())
    (Spool(forms).folder / "abc.part").write_bytes(b'{"fingerprint":')
    assert len(fetch(forms).records("messages")) == 1


def test_files_can_be_read_by_their_owner_alone(forms: Account) -> None:
    take(forms, sent())
    folder = Spool(forms).folder
    assert {each.stat().st_mode & 0o077 for each in (folder, *folder.iterdir())} == {0}


def test_accounts_of_any_name_stay_in_the_spool(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    for name in ("../../etc", "a/b", "x" * 300, "..", "\ud83d"):
        take(there(root, id=name), sent())
    assert len(list(root.iterdir())) == 5
    assert {each.name for each in tmp_path.iterdir()} == {"spool"}


def test_many_messages_are_many_pages_with_one_total(forms: Account) -> None:
    spool = Spool(forms)
    take(forms, sent())
    (first,) = records(forms)
    for n in range(1500):
        (spool.folder / f"{n}.json").write_text(json.dumps({"fingerprint": "f", "record": {**first, "id": f"n{n}"}}))
    found = fetch(forms)
    assert [len(page.records) for page in found.pages] == [1000, 501]
    assert found.announced("messages") == 1501


def test_a_check_counts_what_waits_and_asks_whether_somebody_takes_more(forms: Account, server: Loopback) -> None:
    take(forms, sent())
    there = replace(forms, base=server.base)
    server.answers = lambda asked: Reply({"status": "ok"}, 200 if asked.path == "/healthz" else 404)
    assert check(there).startswith("1 messages in the spool")
    server.answers = lambda _: Reply({"status": "cannot store"}, 503)
    with pytest.raises(SourceUnavailable, match="vigie inbox serve"):
        check(there)
    with pytest.raises(SourceUnavailable, match="vigie inbox serve"):
        check(forms)
