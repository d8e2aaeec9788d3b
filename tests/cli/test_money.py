"""What is said of money in a terminal: periods as people write them, bars that compare, dashes for the unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.cli.money import bars, sparkline
from pipeline.cli.show import amount, percent
from pipeline.errors import ConfigError
from pipeline.report.period import period_of
from tests.cli.conftest import Vigie

NIGHT = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("1d", date(2026, 11, 2), NIGHT),
        ("28d", date(2026, 10, 6), NIGHT),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-10-25..2026-10-25", date(2026, 10, 25), date(2026, 10, 25)),
    ],
)
def test_a_period_is_days_to_the_night_a_week_month_or_quarter_or_from_day_to_day(
    text: str, since: date, until: date
) -> None:
    found = period_of(text, NIGHT)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    "text",
    ["", "0d", "28", "2026-13", "2026-10-31..2026-10-01", "2026-02-30..2026-03-01", "99999d", "2025-W53", "2026-Q5"],
)
def test_another_period_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ConfigError, match=r"write 28d .*, 2026-10, 2026-W44, 2026-Q4 or DAY\.\.DAY"):
        period_of(text, NIGHT)


def test_bars_compare_and_losses_are_lighter() -> None:
    assert bars([24, 12, -6, None, 0, 0.001]) == ["█" * 24, "█" * 12, "░" * 6, "", "", "█"]
    assert bars([None, 0]) == ["", ""]


def test_a_line_of_signs_goes_with_its_values_and_leaves_a_dot_for_what_nobody_knows() -> None:
    assert sparkline([None, -0.5, 0.0, 0.5, None, 3.0]) == "·▁▂▃·█"
    assert sparkline([0.2, 0.2]) == "▄▄"
    assert sparkline([None, None]) == "··"
    assert sparkline([]) == ""


def test_what_nobody_knows_is_a_dash_and_never_a_zero() -> None:
    assert (amount(None), amount(0), amount(1234.5, 2)) == ("–", "0", "1,234.50")
    assert (percent(None), percent(0), percent(0.12345)) == ("–", "0.00%", "12.35%")


@pytest.mark.parametrize("command", ["margin", "funnel", "experiment"])
def test_before_the_first_night_there_is_nothing_to_show(vigie: Vigie, brand: Path, command: str) -> None:
    told = vigie(command, "-c", brand)
    assert told.exit_code != 0
    assert "nothing is published yet" in told.stderr
