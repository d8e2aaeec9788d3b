"""What is printed holds still: nothing in a platform's words is obeyed by a terminal."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.cli import failure, show
from pipeline.errors import QualityError, SourceChanged

HOSTILE = "page \x1b[31mred\x1b]8;;http://evil.example\x07link\r\x9b2J \u202egnp.exe"


def test_a_table_shows_signs_that_a_terminal_obeys_as_replacements(capsys: pytest.CaptureFixture[str]) -> None:
    show.table("Title", ("state", "what"), [("ok", HOSTILE), ("fail", "[bold]not markup[/]")], state="state")
    out = capsys.readouterr().out
    assert not set(out) & set("\x1b\x07\r\x9b\u202e")
    assert "[bold]not markup[/]" in out


def test_an_error_is_inert_too_and_lists_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    failure.tell(SourceChanged(HOSTILE))
    failure.tell(QualityError("two expectations failed", ("first [red]one[/]", "second access_token=canary")))
    err = capsys.readouterr().err
    assert not set(err) & set("\x1b\x07\r\x9b\u202e")
    assert "- first [red]one[/]" in err
    assert "canary" not in err


def test_numbers_are_grouped_and_none_is_blank(capsys: pytest.CaptureFixture[str]) -> None:
    show.table("Title", ("rows", "flag", "nothing"), [(1234567, True, None)])
    assert "1,234,567" in capsys.readouterr().out


def test_json_takes_days_paths_money_and_dataclasses(capsys: pytest.CaptureFixture[str]) -> None:
    value = {
        "day": date(2026, 11, 2),
        "path": Path("/x"),
        "cost": Decimal("1.50"),
        "names": ("a", "b"),
        "é": {"b", "a"},
    }
    show.as_json(value)
    assert json.loads(capsys.readouterr().out) == {
        "day": "2026-11-02",
        "path": "/x",
        "cost": "1.50",
        "names": ["a", "b"],
        "é": ["a", "b"],
    }


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device", "/var/x"), "the disk is full: /var/x"),
        (MemoryError(), "out of memory: lower [storage] memory_limit"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
    ],
)
def test_what_nobody_foresaw_is_told_in_one_message(
    error: Exception, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    failure.tell(error)
    shown = capsys.readouterr().err
    assert told in shown
    assert "Traceback" not in shown
    assert failure.exit_code(error) == 1
