"""What fits a column becomes a value, what does not goes to quarantine with the reason and the line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.warehouse import reading
from pipeline.warehouse.reading import Reading
from tests.warehouse.conftest import Query
from tests.warehouse.landed import FIRST, ORDERS, Landed, Record, post
from tests.warehouse.test_load import load

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAY = {"day": "2026-10-01", "views": 1, "rate": 0.5, "cost": "1.50", "final": True}


@pytest.fixture(params=["first night", "later night"], autouse=True)
def history(request: pytest.FixtureRequest, con: DuckDBPyConnection, landed: Landed) -> None:
    """Both ways of storing must judge alike: straight from the files, and by comparing."""
    reading._CLEAN.clear()
    reading._CAREFUL.clear()
    if request.param == "later night":
        from datetime import timedelta

        load(con, landed, landed.land(FIRST - timedelta(days=1), {"posts": [], "days": [], "orders": []}))


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (12, 12),
        ("12", 12),
        ("007", 7),
        (-3, -3),
        (b"1e3", 1000),
        (b"12.0", 12),
        (None, None),
        (2**63 - 1, 2**63 - 1),
    ],
)
def test_whole_numbers_in_any_spelling_fit(
    con: DuckDBPyConnection, landed: Landed, query: Query, value: object, stored: object
) -> None:
    [unit] = load(con, landed, landed.land(FIRST, {"posts": [with_likes(value)]}))
    assert (unit.loaded, unit.quarantined, unit.error) == (1, 0, None)
    assert query("select likes from raw.harbour_posts") == [(stored,)]


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "",
        12.7,
        "12.7",
        True,
        False,
        {},
        [],
        {"a": 1},
        b"1e999",
        b"NaN",
        b"1.5e0",
        2**63,
        "9" * 30,
        "0x1F",
        b"9" * 5000,
    ],
)
def test_what_is_no_whole_number_goes_to_quarantine(
    con: DuckDBPyConnection, landed: Landed, query: Query, value: object
) -> None:
    manifest = landed.land(FIRST, {"posts": [post("a", FIRST), with_likes(value, "b"), post("c", FIRST)]})
    [unit] = load(con, landed, manifest)
    assert (unit.records, unit.loaded, unit.quarantined, unit.error) == (3, 2, 1, None)
    assert query("select id from raw.harbour_posts order by 1") == [("a",), ("c",)]
    [file] = landed.files(manifest, "posts")
    assert query(
        "select night, platform, account, stream, reason, landing_file, line, rows from quality.quarantine"
    ) == [(FIRST, "harbour", "1", "posts", "likes does not fit BIGINT", file, 2, 1)]


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("rate", 3, 3.0),
        ("rate", "0.25", 0.25),
        ("cost", 2, Decimal("2.0000")),
        ("cost", 2.5, Decimal("2.5000")),
        ("final", "true", True),
        ("final", None, None),
        ("rate", None, None),
    ],
)
def test_other_numbers_fit(
    con: DuckDBPyConnection, landed: Landed, query: Query, field: str, value: object, stored: object
) -> None:
    [unit] = load(con, landed, landed.land(FIRST, {"days": [{**DAY, field: value}]}))
    assert (unit.loaded, unit.error) == (1, None)
    assert query(f"select {field} from raw.harbour_days") == [(stored,)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rate", b"1e999"),
        ("rate", b"NaN"),
        ("rate", "NaN"),
        ("rate", "Infinity"),
        ("rate", True),
        ("rate", {}),
        ("cost", "12,50"),
        ("cost", True),
        ("cost", [1]),
        ("final", "yes?"),
        ("final", {}),
        ("day", 1.5),
        ("day", {}),
        ("day", ["2026-10-01"]),
        ("day", True),
        ("day", None),
    ],
)
def test_other_misfits_go_to_quarantine(
    con: DuckDBPyConnection, landed: Landed, query: Query, field: str, value: object
) -> None:
    [unit] = load(con, landed, landed.land(FIRST, {"days": [line({**DAY, field: value})]}))
    assert (unit.loaded, unit.quarantined, unit.error) == (0, 1, None)
    [(reason,)] = query("select reason from quality.quarantine")
    assert field in reason


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b'{"id":"a","likes":1', "not JSON"),
        (b'{"id":"a","text":"\xff"}', "not JSON"),
        (b'\xef\xbb\xbf{"id":"a"}', "not JSON"),
        (b'{"id":"a"} {"id":"b"}', "not JSON"),
        (b"not even that", "not JSON"),
        (b"[1]", "not an object"),
        (b"12", "not an object"),
        (b"null", "not an object"),
        (b'{"id":"a","likes":1,"likes":2}', "a field comes twice"),
        (b'{"id":"a","id":"a","likes":1}', "a field comes twice"),
        (b'{"likes":1}', "no value for id"),
        (b'{"id":null,"likes":1}', "no value for id"),
        (b'{"id":1.5,"likes":1}', "id does not fit VARCHAR"),
        (b'{"id":1e30,"likes":1}', "id does not fit VARCHAR"),
        (b'{"id":{"a":1},"likes":1}', "id does not fit VARCHAR"),
        (b"{}", "no value for id"),
    ],
)
def test_broken_records_go_to_quarantine_with_their_line(
    con: DuckDBPyConnection, landed: Landed, query: Query, record: bytes, reason: str
) -> None:
    manifest = landed.land(FIRST, {"posts": [post("x", FIRST), post("y", FIRST), record, post("z", FIRST), record]})
    [unit] = load(con, landed, manifest)
    assert (unit.loaded, unit.quarantined, unit.error) == (3, 2, None)
    assert query("select reason, line from quality.quarantine order by line") == [(reason, 3), (reason, 5)]


def test_long_ids_keep_every_digit(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    ids = [
        b"9007199254740993",
        b"99999999999999999999999",
        b'"0012"',
        b"18446744073709551617",
        b'"1e5.x"',
        b'"true story"',
    ]
    records = [b'{"id":%b,"created":"2026-10-01","likes":1}' % number for number in ids]
    [unit] = load(con, landed, landed.land(FIRST, {"posts": records}))
    assert (unit.loaded, unit.error) == (6, None)
    assert query("select id from raw.harbour_posts order by 1") == [
        ("0012",),
        ("18446744073709551617",),
        ("1e5.x",),
        ("9007199254740993",),
        ("99999999999999999999999",),
        ("true story",),
    ]


def test_a_misfit_of_a_whole_number_key_goes_to_quarantine(
    con: DuckDBPyConnection, landed: Landed, query: Query
) -> None:
    good = {"id": 1, "created": "2026-10-01", "status": "paid", "total": "1"}
    records: list[Record] = [good, {**good, "id": 1.5}, {**good, "id": "x"}, {**good, "id": None}]
    [unit] = load(con, landed, landed.land(FIRST, {"orders": records}))
    assert (unit.loaded, unit.quarantined) == (1, 3)
    assert query("select reason from quality.quarantine order by line") == [
        ("id does not fit BIGINT",),
        ("id does not fit BIGINT",),
        ("no value for id",),
    ]


def test_fields_in_any_order_and_left_out_are_clean(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    records = [b'{"likes":1,"id":"a"}', b'{"id":"b"}', b'{"text":"t","id":"c","more":[1,2]}']
    for _ in range(3):  # what was learnt of the first run must not change the second
        [unit] = load(con, landed, landed.land(FIRST, {"posts": records}, run=f"r{_}", back=_))
        assert (unit.quarantined, unit.error) == (0, None)
    assert query("select id, likes, text, more::varchar, _unknown from raw.harbour_posts order by 1") == [
        ("a", 1, None, None, None),
        ("b", None, None, None, None),
        ("c", None, "t", "[1,2]", None),
    ]


def test_a_reading_knows_whether_its_day_follows_from_its_key() -> None:
    assert not Reading.of(ORDERS).dated_by_key
    assert Reading((("day", "VARCHAR"), ("n", "BIGINT")), ("day",), "try_cast(day as date)").dated_by_key


def with_likes(value: object, name: str = "a") -> Record:
    return line(post(name, FIRST, value))


def line(record: dict[str, Any]) -> Record:
    """The record as bytes where a value is given as bytes: JSON that Python would not write."""
    import json

    raw = {name: value for name, value in record.items() if isinstance(value, bytes)}
    text = json.dumps({**record, **{name: f"<{name}>" for name in raw}})
    for name, value in raw.items():
        text = text.replace(f'"<{name}>"', value.decode())
    return text.encode()
