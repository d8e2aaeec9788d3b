"""The team's hours and names, and what is refused of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.settings import Member, Settings, Team, authors_of

Reader = Callable[..., Settings]
Complaints = Callable[..., list[str]]


def test_hours_are_minutes_of_the_day_in_their_order_and_names_are_kept_apart(complete: str, read_text: Reader) -> None:
    assert read_text(complete).team == Team(
        time_zone="Europe/Lisbon",
        business_days=("mon", "tue", "sat"),
        business_hours=((540, 750), (840, 1080)),
        members=(
            Member("Ada", {"facebook": ("Ada M.", "77")}),
            Member("Bo", {"facebook:104001": ("Bo",)}, ("facebook:104002",)),
        ),
    )


def test_without_a_team_an_ordinary_week_of_the_brand_counts(complete: str, read_text: Reader) -> None:
    team = read_text(complete.partition("\n[team]")[0]).team
    assert team == Team("Europe/Paris", ("mon", "tue", "wed", "thu", "fri"), ((540, 1080),), ())


def test_who_is_who_by_platform_account_and_author(complete: str, read_text: Reader) -> None:
    assert list(authors_of(read_text(complete).team)) == [
        ("facebook", None, "Ada M.", "Ada"),
        ("facebook", None, "77", "Ada"),
        ("facebook", "104001", "Bo", "Bo"),
        ("facebook", "104002", None, "Bo"),
    ]


def test_the_same_name_on_two_accounts_may_be_two_people(complete: str, read_text: Reader) -> None:
    text = complete.replace('{facebook = ["Ada M.", "77"]}', '{"facebook:104002" = ["Bo"]}')
    assert [who for *_, who in authors_of(read_text(text).team)] == ["Ada", "Bo", "Bo"]


def test_all_hours_of_all_days_may_be_business(complete: str, read_text: Reader) -> None:
    text = complete.replace('["14:00-18:00", "09:00-12:30"]', '["12:00-24:00", "00:00-12:00"]')
    assert read_text(text).team.business_hours == ((0, 720), (720, 1440))


# What is changed in the complete file, and the finding that must name its key.
WRONG = [
    ('"14:00-18:00"', '"2pm-6pm"', 'business_hours[0]: "2pm-6pm" must be hours of a day, like "09:00-12:30"'),
    ('"14:00-18:00"', '"14:00-24:30"', 'business_hours[0]: "14:00-24:30" ends after the day, at 24:00'),
    ('"14:00-18:00"', '"22:00-06:00"', 'business_hours[0]: "22:00-06:00" ends before it begins: hours past midnight'),
    ('"14:00-18:00"', '"12:00-18:00"', "business_hours: overlap: an hour counts once"),
    ('["14:00-18:00", "09:00-12:30"]', "[]", "business_hours: is empty: leave it out, or say when the team works"),
    ('"tue"', '"teu"', 'business_days[1]: "teu" is not a day of the week: did you mean "tue"?'),
    ('"Europe/Lisbon"', '"Europe/Lissabon"', 'time_zone: "Europe/Lissabon" is not a time zone'),
    ('name = "Bo"', 'name = "ADA"', "members[1].name: another of the [[team.members]] has the same name"),
    ('name = "Bo"', 'name = "Unattributed"', 'members[1].name: "Unattributed" is what nobody\'s work is called'),
    ('= ["Bo"]', '= ["77"]', 'members[1].authors."facebook:104001": "77" is already another\'s on facebook'),
    ('["facebook:104002"]', '["facebook:1"]', 'members[1].accounts[0]: "facebook:1" is not one of the accounts'),
    ('["facebook:104002"]', '["facebok"]', 'accounts[0]: "facebok" is not a known platform: did you mean "facebook"?'),
    ('["facebook:104002"]', '["facebook", "facebook:104002"]', "accounts: the account is already another's"),
    ("{facebook =", "{facebok =", 'members[0].authors.facebok: "facebok" is not a known platform'),
]  # fmt: skip


@pytest.mark.parametrize(("was", "becomes", "finding"), WRONG, ids=[finding for *_, finding in WRONG])
def test_what_is_wrong_is_named(was: str, becomes: str, finding: str, complete: str, complaints: Complaints) -> None:
    before, mark, team = complete.partition("\n[team]")
    assert was in team
    found = complaints(before + mark + team.replace(was, becomes, 1))
    assert any(finding in each for each in found), found
