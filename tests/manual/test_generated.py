"""What the manual says of commands and settings is what the code has."""

from __future__ import annotations

import pytest

from tests.manual.generated import README, commands, written


def test_the_manual_has_every_command_and_every_key_as_they_are() -> None:
    manual = README.read_text(encoding="utf-8")
    assert written(manual) == manual, "write its generated parts anew: make manual"


def test_every_command_stands_with_what_it_does_and_an_example() -> None:
    rows = [line.strip("| ").split(" | ") for line in commands().splitlines()[2:]]
    assert {"`vigie run`", "`vigie quarantine release`"} <= {row[0] for row in rows}
    assert [
        row for row in rows if len(row) != 3 or not row[1].endswith(".") or not row[2].startswith(row[0][:-1])
    ] == []


def test_a_manual_without_its_marks_is_told() -> None:
    with pytest.raises(ValueError, match="must have"):
        written("# Vigie\n")
