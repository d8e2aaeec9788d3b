"""The file of a budget outlives its sessions, tells no token, and may be damaged: the night goes on."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path

import pytest

from pipeline.errors import QuotaExhausted
from pipeline.http import (
    Known,
    Limits,
    Rates,
    Session,
    ledger,
    x_headers,
)
from pipeline.settings import Secret
from tests.http.limited import START, TOKEN, Limited, books, read, session, silent, x
from tests.sources.loopback import Loopback, Reply


def test_the_next_session_knows_what_the_last_one_spent(tmp_path: Path) -> None:
    platform = Limited(x, 50, 3600)
    with platform.server as server:
        with session(server.base, Rates(read=x_headers), state=tmp_path) as http:
            read(http, 30)
        with session(server.base, Rates(read=x_headers), state=tmp_path) as http:
            read(http, 19)
            with pytest.raises(QuotaExhausted):
                read(http, 1)
    assert len(platform.accepted) == 49


def test_a_long_retry_after_names_the_reset_for_everybody(tmp_path: Path) -> None:
    with Loopback(lambda _: Reply({}, 429, {"Retry-After": "7200"})) as server:
        for _ in range(2):
            with session(server.base, Rates(), state=tmp_path) as http, pytest.raises(QuotaExhausted) as error:
                read(http, 1)
        # A platform that lives in another time is asked once a session what time it is there.
        assert len(server.asked) == 2
    assert error.value.resets_at is not None
    assert error.value.resets_at.replace(microsecond=0) == datetime(2026, 11, 3, 5, tzinfo=UTC)


def test_where_the_clocks_agree_a_spent_limit_costs_no_request_at_all(tmp_path: Path) -> None:
    with Loopback(lambda _: Reply({}, 429, {"Retry-After": "7200"})) as server:
        server.date = formatdate(usegmt=True)
        for _ in range(3):
            with session(server.base, Rates(), state=tmp_path) as http, pytest.raises(QuotaExhausted):
                read(http, 1)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "garbage", [b"", b"\n", b"{", b"[1,2]\n", b'{"buckets":7}\n', b"\xff\xfe\x00" * 999, b"[" * 9999]
)
def test_a_file_that_cannot_be_read_is_begun_anew(garbage: bytes, tmp_path: Path) -> None:
    platform = Limited(x, 50, 3600)
    with platform.server as server, session(server.base, Rates(read=x_headers), state=tmp_path) as http:
        read(http, 3)
        (file,) = (tmp_path / "budgets").iterdir()
        file.write_bytes(garbage)
        read(http, 1)
    assert books(tmp_path)["buckets"]["all requests"]["remaining"] == 46


def test_a_file_from_another_time_does_not_stop_a_night(tmp_path: Path) -> None:
    platform = Limited(x, 50, 3600)
    with platform.server as server:
        with session(server.base, Rates(read=x_headers), state=tmp_path) as http:
            read(http, 1)
        (file,) = (tmp_path / "budgets").iterdir()
        told = {"limit": 50.0, "remaining": 0.0, "resets_at": START + 90 * 86400}
        file.write_text(json.dumps({"skew": 0.0, "buckets": {"all requests": told}}) + "\n")
        with session(server.base, Rates(read=x_headers), state=tmp_path) as http:
            read(http, 2)
    assert books(tmp_path)["buckets"]["all requests"]["remaining"] == 47


def test_a_file_that_was_removed_is_made_again(tmp_path: Path) -> None:
    platform = Limited(x, 50, 3600)
    with platform.server as server, session(server.base, Rates(read=x_headers), state=tmp_path) as http:
        read(http, 1)
        (file,) = (tmp_path / "budgets").iterdir()
        file.unlink()
        read(http, 1)
    assert books(tmp_path)["buckets"]["all requests"]["remaining"] == 48


def test_a_folder_that_cannot_be_written_costs_the_memory_of_it_and_not_the_night(tmp_path: Path) -> None:
    (tmp_path / "budgets").write_text("a file where the folder should be")
    platform = Limited(x, 50, 3600)
    with platform.server as server, session(server.base, Rates(read=x_headers), state=tmp_path) as http:
        read(http, 49)
        with pytest.raises(QuotaExhausted):
            read(http, 1)


def test_no_token_can_be_learnt_from_the_folder(tmp_path: Path) -> None:
    platform = Limited(x, 50, 3600)
    with platform.server as server, session(server.base, Rates(read=x_headers), state=tmp_path) as http:
        read(http, 1)
    (file,) = (tmp_path / "budgets").iterdir()
    assert TOKEN not in f"{file.name} {file.read_text('utf-8')}"
    assert len(file.stem) == len("x-") + 10
    assert file.stat().st_mode & 0o777 == 0o600


def test_accounts_of_one_app_share_its_budget_and_others_have_their_own(tmp_path: Path) -> None:
    rates = Rates(known={"all requests": Known(10, "day in UTC")})
    platform = Limited(silent, 10**6, 86400)
    platform.now = time.time()
    with platform.server as server:
        for account in ("1", "2"):
            with session(server.base, rates, state=tmp_path, spender=Secret("env:APP", "app-1")) as http:
                http.label = account
                read(http, 5)
        with session(server.base, rates, state=tmp_path, spender="app-1") as http, pytest.raises(QuotaExhausted):
            read(http, 1)
        with session(server.base, rates, state=tmp_path, spender="app-2") as http:
            read(http, 5)
    assert len(platform.accepted) == 15


def test_accounts_read_with_one_credential_share_its_limit_and_those_read_without_any_share_their_hosts(
    tmp_path: Path,
) -> None:
    for credential in (True, False):
        platform = Limited(x, 20, 3600)
        platform.now = time.time()
        with platform.server as server:
            for account in ("1", "2"):
                headers = {"Authorization": Secret("env:TOKEN", TOKEN)} if credential else None
                with (
                    Session(
                        platform="x",
                        account=account,
                        night=None,
                        base=server.base,
                        headers=headers,
                        rates=Rates(read=x_headers),
                        state=tmp_path,
                        # At any minute of the hour the reset is too far away to be waited for.
                        limits=Limits(patience=0.01),
                    ) as http,
                    pytest.raises(QuotaExhausted),
                ):
                    read(http, 15 if account == "2" else 30)
        assert (len(platform.accepted), platform.refused) == (20, [])


def test_a_lock_that_a_stopped_process_holds_does_not_stop_the_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ledger, "_LONGEST_LOCK", 0.1)
    platform = Limited(x, 50, 3600)
    with platform.server as server, session(server.base, Rates(read=x_headers), state=tmp_path) as http:
        read(http, 1)
        (file,) = (tmp_path / "budgets").iterdir()
        held = "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print(); input()"
        with subprocess.Popen(
            [sys.executable, "-c", held, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            read(http, 48)
            with pytest.raises(QuotaExhausted):
                read(http, 1)
            holder.communicate("")
    assert caplog.text.count("the budget is kept in memory") == 1
    assert len(platform.accepted) == 49


def test_buckets_without_end_do_not_make_the_file_grow(tmp_path: Path) -> None:
    platform = Limited(x, 10**6, 3600)
    rates = Rates(read=x_headers, bucket=lambda path: path)
    with platform.server as server, session(server.base, rates, state=tmp_path) as http:
        for number in range(450):
            read(http, 1, f"posts/{number}")
    assert 1 <= len(books(tmp_path)["buckets"]) <= 200


def test_where_no_limit_is_told_there_is_no_file(tmp_path: Path) -> None:
    platform = Limited(silent, 10**6, 3600)
    with platform.server as server, session(server.base, Rates(read=x_headers), state=tmp_path) as http:
        read(http, 3)
    assert list(tmp_path.iterdir()) == []
