"""Goals are read with how they are counted; what no period can tell is refused, with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.settings import Goal, Settings

Reader = Callable[..., Settings]
Complaints = Callable[..., list[str]]

FOLLOWERS = """
[[goals]]
name = "50,000 by the end of the year"
metric = "followers"
platform = "facebook"
account = "104001"
at_least = 50000
start = 2026-01-01
end = 2026-12-31
"""
README = Path(__file__).parents[2] / "README.md"
RATE = (
    '\n[[goals]]\nname = "answers"\nmetric = "engagement_rate_by_impressions"\nat_least = "4 %"\nperiod = "quarter"\n'
)
SITE = "boutique.atelier-marin.example"


def test_a_level_is_that_of_an_account_until_a_day(read_text: Reader, complete: str) -> None:
    (found,) = read_text(complete + FOLLOWERS).goals
    assert found == Goal(
        name="50,000 by the end of the year",
        metric="followers",
        kind="level",
        place="account",
        counted="followers",
        comparison="at_least",
        target=Decimal(50000),
        platform="facebook",
        account="104001",
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
    )


@pytest.mark.parametrize("target", ['"4 %"', '"4%"', '"4,0\u202f%"', "0.04", '"0.04"'])
def test_a_share_may_be_written_per_cent(read_text: Reader, complete: str, target: str) -> None:
    (found,) = read_text(complete + RATE.replace('"4 %"', target)).goals
    assert (found.kind, found.counted, found.divided_by) == ("ratio", "engagements", "impressions")
    assert (found.target, found.period, found.start, found.end) == (Decimal("0.04"), "quarter", None, None)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_period_says_its_days(read_text: Reader, complete: str, period: str, first: date, last: date) -> None:
    (found,) = read_text(complete + RATE.replace('"quarter"', f'"{period}"')).goals
    assert (found.period, found.start, found.end) == (None, first, last)


@pytest.mark.parametrize(
    ("whose", "metric", "place"),
    [
        (f'site = "{SITE}"', "visits", "site"),
        ("", "visits", "site"),
        ('platform = "facebook"', "visits", "account"),
        ('platform = "google"', "gross_margin", "money"),
        ("", "engagements", "account"),
    ],
)
def test_whom_a_goal_names_says_where_it_is_counted(
    read_text: Reader, complete: str, whose: str, metric: str, place: str
) -> None:
    goal = f'\n[[goals]]\nname = "one"\nmetric = "{metric}"\nat_least = 100\nperiod = "month"\n{whose}\n'
    (found,) = read_text(complete + goal).goals
    assert (found.place, found.counted, found.is_money) == (place, metric, metric == "gross_margin")


def test_the_currency_may_be_said_where_it_is_the_reporting_one(read_text: Reader, complete: str) -> None:
    goal = '\n[[goals]]\nname = "m"\nmetric = "revenue"\nat_least = "12000.50"\nperiod = "2026"\ncurrency = "EUR"\n'
    assert read_text(complete + goal).goals[0].target == Decimal("12000.50")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"followers"', '"folowers"', 'is no metric that a goal can have: did you mean "followers"?'),
        ('"followers"', '"reach_28d"', 'of several days is not the sum of its days: write "impressions"'),
        ('"followers"', '"engagement_rate"', 'write "engagement_rate_by_impressions"'),
        ('"followers"', '"bounce_rate"', "goals[0].platform: bounce_rate are known of sites: name a site"),
        ('"followers"', '"revenue"', "goals[0].account: revenue is known of platforms and of the whole brand"),
        ('platform = "facebook"\naccount = "104001"\n', "", "are not added up, as some are in both"),
        ('account = "104001"\n', "", 'name one of "104001", "104002"'),
        (
            'platform = "facebook"\n',
            "",
            "goals[0].platform: is missing: an account is known by its platform and its id",
        ),
        ('"104001"\nat', '"104009"\nat', '"104009" is not the id of an account of facebook'),
        ('platform = "facebook"', 'platform = "fcebook"', '"fcebook" is not a platform with an account'),
        ('account = "104001"\nat', f'site = "{SITE}"\nat', "goals[0].site: followers are known of networks"),
        ("at_least = 50000\n", "", "is missing: say what is to be reached, like at_least = 50000"),
        ("at_least = 50000", "at_least = 1\nat_most = 2", "stands beside at_most: only one of them can be"),
        ("at_least = 50000", "at_most = 50000", "followers are a level that is reached: write at_least"),
        ("at_least = 50000", "at_least = 0", "must be above 0"),
        ("at_least = 50000", "at_least = 0.5", "followers are counted: write a whole number"),
        ("at_least = 50000", 'at_least = "many"', 'must be a number, like 50000 or "4 %"'),
        ("at_least = 50000", "at_least = true", 'must be a number, like 50000 or "4 %"'),
        ("end = 2026-12-31\n", "", 'goals[0].end: is missing: write both days, or a period like "2026-12"'),
        ("end = 2026-12-31", "end = 2025-12-31", "2025-12-31 is before the start, 2026-01-01"),
        ("end = 2026-12-31", "end = 2036-12-31", "set a nearer goal on the way"),
        ("start = 2026-01-01", 'period = "2026"', "the period 2026 says its days itself"),
        ("start = 2026-01-01\nend = 2026-12-31", 'period = "weekly"', '"weekly" is no period: write "2026-12"'),
        ("start = 2026-01-01\nend = 2026-12-31", 'period = "2026-13"', '"2026-13" is no period'),
        ("at_least = 50000", 'at_least = 50000\ncurrency = "EUR"', "every amount is in EUR: write the target in it"),
        ("at_least = 50000", "at_least = 50000\ntargets = 1", "unknown key"),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_to_write(
    complaints: Complaints, complete: str, old: str, new: str, said: str
) -> None:
    assert old in FOLLOWERS
    found = complaints(complete + FOLLOWERS.replace(old, new, 1))
    assert any(said in line for line in found), found
    lines = range(len(complete.splitlines()) + 2, len((complete + FOLLOWERS).splitlines()) + 2)
    assert all(int(line.partition(":")[0].removeprefix("line ")) in lines for line in found)


def test_a_share_above_one_is_refused_with_the_two_ways_to_write_it(complaints: Complaints, complete: str) -> None:
    (found,) = complaints(complete + RATE.replace('"4 %"', "4"))
    assert found.endswith('goals[0].at_least: 4 is no share: write "4 %" or 0.04')


def test_two_goals_of_one_name_are_told(complaints: Complaints, complete: str) -> None:
    (found,) = complaints(complete + RATE + RATE.replace("answers", "Answers"))
    assert "another of the [[goals]] has the same name" in found


def test_the_goals_of_the_readme_are_read_as_they_stand_there(read_text: Reader, complete: str) -> None:
    (shown,) = (
        block
        for block in re.findall(r"```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
        # the example settings have a goal too, as a comment
        if "\n[[goals]]" in f"\n{block}"
    )
    instagram = '\n[[sources.instagram]]\nid = "1784"\ntoken = "env:VIGIE_FACEBOOK_TOKEN"\n'
    followers, rate = read_text(f"{complete}{instagram}\n{shown}").goals
    assert (followers.kind, followers.platform, followers.target) == ("level", "instagram", Decimal(50000))
    assert (followers.comparison, followers.start, followers.end) == ("at_least", date(2026, 1, 1), date(2026, 12, 31))
    assert (rate.counted, rate.divided_by, rate.target) == ("engagements", "impressions", Decimal("0.04"))
    assert (rate.comparison, rate.period, rate.platform) == ("at_least", "quarter", None)
