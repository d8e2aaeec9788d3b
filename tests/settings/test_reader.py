"""vigie.toml becomes frozen settings, or one error that says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.settings import RULES, Forecasting, Schedule, Settings, SettingsError, Storage, read, segment_dimension
from pipeline.streams import Source

Reader = Callable[..., Settings]
Complaints = Callable[..., list[str]]

SMALLEST = """\
brand = "Atelier Marin"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
language = "fr"
[paths]
landing = "landing"
warehouse = "warehouse.duckdb"
publication = "published"
[[sources.facebook]]
id = "104001"
token = "env:VIGIE_FACEBOOK_TOKEN"
"""


def test_a_complete_file_is_read_whole(complete: str, read_text: Reader) -> None:
    settings = read_text(complete)
    folder = settings.file.parent
    assert (settings.brand, settings.reporting_currency, settings.language) == ("Atelier Marin", "EUR", "fr")
    assert settings.growth_base == date(2026, 8, 10)
    assert str(settings.zone) == "Europe/Paris"
    assert [(account.platform, account.id) for account in settings.accounts] == [
        ("facebook", "104001"),
        ("facebook", "104002"),
        ("matomo", "1"),
        ("woocommerce", "boutique"),
    ]
    assert settings.paths.landing == str(folder / "var/landing")
    assert settings.paths.warehouse == folder / "var/warehouse.duckdb"
    assert settings.storage == Storage("512MB", 2, folder / "var/spill", 3)
    assert settings.schedule == Schedule("30 4 * * *", date(2026, 8, 5), 2, 60, 600, 7200)
    assert settings.sites[0].goals == {"1": "quote_request", "2": "newsletter_signup"}
    assert settings.campaigns[0].daily_cost == Decimal("40.00")
    assert settings.conversions.values == {"quote_request": Decimal("15.00"), "newsletter_signup": Decimal("2.50")}
    assert settings.conversions.organic_cost_per_day == Decimal(0)
    assert settings.segments == ("F.25-34",)
    chat, mail = settings.alerts.channels
    assert (chat.name, chat.fallback, chat.severities) == ("chat", "mail", ("critical", "warning", "info"))
    assert mail.url is not None
    assert mail.url.reveal() == "mailtos://vigie:canary-mail@example.org?to=team@example.org"
    assert settings.alerts.report_url == "https://reports.example.org/vigie"
    late = settings.alerts.rules["source_failed"]
    assert (late.severity, late.channels, late.thresholds) == ("critical", ("chat",), {"critical_after": 5})
    assert settings.alerts.rules["disk_low"] == RULES["disk_low"]


def test_a_segment_is_of_an_age_and_gender_or_of_a_place() -> None:
    traits: dict[str, str | None] = dict.fromkeys(("F.25-34", "U.65+", "age.13-17", "gender.M"), "age,gender")
    traits |= {"country.FR": "country", "city.Saint-Malo, Bretagne": "city", "region.Bretagne": None}
    assert {segment: segment_dimension(segment) for segment in traits} == traits


def test_what_is_left_out_has_the_documented_default(read_text: Reader) -> None:
    settings = read_text(SMALLEST)
    assert settings.schedule == Schedule()
    assert settings.storage == Storage()
    assert settings.history_days == 28
    account = settings.account("facebook", "104001")
    assert account.name == "104001"
    assert account.base == "https://graph.facebook.com/v26.0"
    assert account.time_zone == "Europe/Paris", "the people of a network live where the brand does"
    assert account.secrets["token"].reveal() == "canary-facebook-token"


def test_an_account_inherits_the_zone_of_its_site(complete: str, read_text: Reader) -> None:
    text = complete.replace('time_zone = "Europe/Paris"\ngoals', 'time_zone = "Asia/Tokyo"\ngoals')
    assert read_text(text).account("matomo", "1").time_zone == "Asia/Tokyo"


def test_every_option_of_a_source_has_a_value(complete: str, read_text: Reader, known: Mapping[str, Source]) -> None:
    for account in read_text(complete).accounts:
        assert set(account.options) == set(known[account.platform].OPTIONS)


@pytest.mark.parametrize(
    ("section", "metrics", "settled_days"),
    [
        ("", ("followers", "reach_1d", "engagements", "visits", "conversions"), 3),
        ("[forecast]\nsettled_days = 0\n", ("followers", "reach_1d", "engagements", "visits", "conversions"), 0),
        ('[forecast]\nmetrics = ["visits", "followers"]\n', ("visits", "followers"), 3),
        ("[forecast]\nmetrics = []\n", (), 3),
    ],
)
def test_what_is_forecast_is_chosen_and_to_choose_nothing_is_a_choice(
    section: str, metrics: tuple[str, ...], settled_days: int, read_text: Reader
) -> None:
    text = SMALLEST.replace("[[sources.facebook]]", f"{section}[[sources.facebook]]")
    assert read_text(text).forecast == Forecasting(metrics, settled_days)


def test_an_object_store_as_landing_stays_an_address(read_text: Reader) -> None:
    text = SMALLEST.replace('"landing"', '"s3://bucket/landing"')
    assert read_text(text).paths.landing == "s3://bucket/landing"


@pytest.mark.parametrize("amount", ['"40.10"', "40.10", '"40.1000"'])
def test_money_is_exact_however_it_is_written(amount: str, complete: str, read_text: Reader) -> None:
    settings = read_text(complete.replace('daily_cost = "40.00"', f"daily_cost = {amount}"))
    assert settings.campaigns[0].daily_cost == Decimal("40.10")


# What is changed in the complete file, and the finding that must name its key and line.
WRONG = [
    ('time_zone = "Europe/Paris"\nlanguage', 'time_zone = "Europe/Pari"\nlanguage',
     'line 3: time_zone: "Europe/Pari" is not a time zone: did you mean "Europe/Paris"?'),
    ('"Europe/Paris"\nlanguage', '"posix/Europe/Paris"\nlanguage',
     'line 3: time_zone: "posix/Europe/Paris" is not a time zone'),
    ('"Europe/Paris"\nlanguage', '"../../etc/passwd"\nlanguage',
     'line 3: time_zone: "../../etc/passwd" is not a time zone'),
    ('brand = "Atelier Marin"\n', "\n", "line 1: brand: is missing"),
    ('"Atelier Marin"\nrep', '" "\nrep', "line 1: brand: must not be blank"),
    ('"Atelier Marin"\nrep', '"Atelier\\nMarin"\nrep',
     "line 1: brand: must not contain line breaks or control characters"),
    ('"EUR"', '"euro"', 'line 2: reporting_currency: must be three capitals, like "EUR"'),
    ('language = "fr"', 'language = "de"', "line 4: language: must be one of en, fr"),
    ("growth_base = 2026-08-10", 'growth_base = "2026-08-10"',
     "line 5: growth_base: must be a date without quotes, like 2026-09-01, not a text"),
    ("growth_base = 2026-08-10", 'country = "Frankreich"',
     'line 5: country: "Frankreich" is not a country whose holidays are known'),
    ("growth_base = 2026-08-10", 'country = "FR-99"',
     'line 5: country: "99" is not a part of FR with holidays of its own (known: '),
    ("[storage]", "[periods]\ncomplete = 1.5\n\n[storage]",
     "line 14: periods.complete: must be above 0 and at most 1"),
    ("growth_base = 2026-08-10", "growth_base = 2026-08-10T00:00:00",
     "line 5: growth_base: must be a date without quotes, like 2026-09-01, not a date with a time"),
    ("history_days = 28", "history_days = 0", "line 6: history_days: must be between 1 and 732"),
    ("history_days = 28", "history_days = true",
     "line 6: history_days: must be a whole number, not true or false"),
    ("history_days = 28", "history_day = 28",
     'line 6: history_day: unknown key: did you mean "history_days"?'),
    ("[storage]", "[storrage]", 'line 13: storrage: unknown key: did you mean "storage"?'),
    ('"512MB"', '"lots"', 'line 14: storage.memory_limit: must be an amount of memory, like "2GB"'),
    ('publication = "var/published"', 'publication = "var/landing/x"',
     "line 11: paths.publication: must not lie in the landing"),
    ('publication = "var/published"', 'publication = "var"',
     "line 9: paths.landing: must not lie in the publication"),
    ('"30 4 * * *"', '"30 4 * *"', 'line 20: schedule.cron: "30 4 * *" is not a cron line like "0 4 * * *"'),
    ('"30 4 * * *"', '"0 30 4 * * *"',
     'line 20: schedule.cron: "0 30 4 * * *" is not a cron line like "0 4 * * *"'),
    ('"30 4 * * *"', '"0 4 31 2 *"', 'line 20: schedule.cron: "0 4 31 2 *" is not a cron line like "0 4 * * *"'),
    ("night_timeout = 7200", "night_timeout = 60",
     "line 25: schedule.night_timeout: is shorter than fetch_timeout, 600 seconds"),
    ('"104002"', '"104001"', "line 38: sources.facebook[1].id: the same account as sources.facebook[0]"),
    ('"104002"', "104002", "line 38: sources.facebook[1].id: must be a text in quotes, not a whole number"),
    ('id = "104002"\n', "\n", "line 37: sources.facebook[1].id: is missing"),
    ('id = "104002"', 'id = "104002"\nreceives_visits = true',
     "line 39: sources.facebook[1].receives_visits: is already true for sources.facebook[0]"),
    ("[[sources.matomo]]", "[[sources.matomoo]]", "line 41: sources.matomoo: unknown platform (known: "),
    ("[[sources.matomo]]", "[[sources.google_plus]]",
     "line 41: sources.google_plus: has no account to ask every night, only files: import them with `vigie import g"),
    ('id = "1"\nsite = "boutique.atelier-marin.example"', 'id = "1"\nsite = "boutique.atelier-marin.exampl"',
     'line 43: sources.matomo[0].site: "boutique.atelier-marin.exampl" is not one of the [[sites]]: did you mean'),
    ('id = "1"\nsite = "boutique.atelier-marin.example"', 'id = "1"',
     "line 41: sources.matomo[0].site: is missing: matomo measures one of the [[sites]]"),
    ('base = "https://stats.example.org"\n', "\n", "line 41: sources.matomo[0].base: is missing"),
    ("https://stats.example.org", "ftp://stats.example.org",
     'line 44: sources.matomo[0].base: must be an address like "https://shop.example.org"'),
    ("https://stats.example.org", "http://stats.example.org",
     "line 44: sources.matomo[0].base: must begin with https://: plain http shows the token on the way"),
    ("https://stats.example.org", "https://u:canary@stats.example.org",
     "line 44: sources.matomo[0].base: must not hold a user or password (not shown here)"),
    ("https://stats.example.org", "https://stats.example.org/?module=canary",
     "line 44: sources.matomo[0].base: must end with the path, without ? or #"),
    ('token = "env:VIGIE_MATOMO_TOKEN"\n', "\n", "line 41: sources.matomo[0].token: is missing"),
    ('token = "env:VIGIE_MATOMO_TOKEN"', 'tokn = "env:VIGIE_MATOMO_TOKEN"',
     'line 45: sources.matomo[0].tokn: unknown key: did you mean "token"?'),
    ('"newsletter_signup"}', '"newslettersignup"}',
     'line 57: sites[0].goals.2: "newslettersignup" is not an action: did you mean "newsletter_signup"?'),
    ("[[campaigns]]", '[[sites]]\nname = "Boutique.atelier-marin.example"\n\n[[campaigns]]',
     "line 60: sites[1].name: another of the [[sites]] has the same name"),
    ("[segments]", '[[campaigns]]\nname = "b"\nutm_campaign = "Autumn-2026"\nplatform = "x"\n[segments]',
     "line 69: campaigns[1].utm_campaign: another of the [[campaigns]] has the same utm_campaign"),
    ('platform = "facebook"', 'platform = "facebok"',
     'line 62: campaigns[0].platform: "facebok" is not a known platform: did you mean "facebook"?'),
    ("end = 2026-10-31", "end = 2026-08-31",
     "line 64: campaigns[0].end: 2026-08-31 is before the start, 2026-09-01"),
    ('"40.00"', '"-40.00"', "line 65: campaigns[0].daily_cost: must not be negative"),
    ('"40.00"', "nan", 'line 65: campaigns[0].daily_cost: must be an amount like "40.00"'),
    ('"40.00"', '"1e30"', 'line 65: campaigns[0].daily_cost: must be an amount like "40.00"'),
    ('"40.00"', '"1e999999999"', 'line 65: campaigns[0].daily_cost: must be an amount like "40.00"'),
    ('"40.00"', '"0.00001"', "line 65: campaigns[0].daily_cost: must not have more than four decimals"),
    ('["F.25-34"]', '["F.25-34", "F.25-34"]', "line 68: segments.target[1]: is listed twice"),
    *(
        ('["F.25-34"]', f'["{wrong}"]',
         (f'line 68: segments.target[0]: "{wrong}" is not a segment: write "F.25-34", "age.25-34", "gender.F", '
          '"country.FR" or "city.Nantes, Pays de la Loire", as the platform names them'))
        for wrong in ("women", "F.25", "25-34", "age:25-34", "W.25-34", "country.France", "city.", "F.25-34 ")
    ),
    ('newsletter_signup = "2.50"', 'clicks = "2.50"', 'line 71: conversions.values.clicks: "clicks" is not an action'),
    ('fallback = "mail"', 'fallback = "male"',
     'line 79: alerts.channels[0].fallback: "male" is not a channel: did you mean "mail"?'),
    ('fallback = "mail"', 'fallback = "chat"', "line 79: alerts.channels[0].fallback: is the channel itself"),
    ('fallback = "mail"', 'severities = ["urgent"]', 'line 79: alerts.channels[0].severities[0]: "urgent" is not a'),
    ('fallback = "mail"', "severities = []", "line 79: alerts.channels[0].severities: is empty"),
    ('fallback = "mail"', 'quiet_hours = ["22-7"]',
     'line 79: alerts.channels[0].quiet_hours[0]: "22-7" must be hours, like "22:00-07:00"'),
    ('name = "mail"', 'name = "chat"', "line 77: alerts.channels[0].name: another of the [[alerts.channels]] has"),
    ('name = "mail"', 'name = "the mail"', "line 81: alerts.channels[1].name: must be small letters, digits, - and _"),
    ("https://reports.example.org/vigie", "https://me:pass@example.org",
     "line 75: alerts.report_url: must be an address without a password"),
    ("[alerts.rules.source_failed]", "[alerts.rules.source_fails]",
     'line 98: alerts.rules.source_fails: unknown key: did you mean "source_failed"?'),
    ("critical_after = 5", "critical_after = 0",
     "line 101: alerts.rules.source_failed.critical_after: must be between 1 and 366"),
    ("critical_after = 5", "gigabytes = 5", "line 101: alerts.rules.source_failed.gigabytes: unknown key"),
    ('channels = ["chat"]', 'channels = ["chats"]',
     'line 100: alerts.rules.source_failed.channels[0]: "chats" is not a channel: did you mean "chat"?'),
    ("[alerts]", '[forecast]\nmetrics = ["followers", "reach"]\n[alerts]',
     'line 75: forecast.metrics[1]: "reach" is not a metric that can be forecast: did you mean "reach_1d"?'),
    ("[alerts]", '[forecast]\nmetrics = ["visits", "visits"]\n[alerts]',
     "line 75: forecast.metrics[1]: is listed twice"),
    ("[alerts]", "[forecast]\nsettled_days = 15\n[alerts]",
     "line 75: forecast.settled_days: must be between 0 and 14"),
    ("[alerts]", "[forecast]\nsettled = 3\n[alerts]",
     'line 75: forecast.settled: unknown key: did you mean "settled_days"?'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "finding"), WRONG, ids=[case[2] for case in WRONG])
def test_a_wrong_setting_is_named_with_its_key_and_line(
    old: str, new: str, finding: str, complete: str, complaints: Complaints
) -> None:
    assert complete.count(old) == 1
    found = complaints(complete.replace(old, new))
    assert any(line.startswith(finding) for line in found), found


def test_every_finding_is_shown_at_once_in_the_order_of_the_lines(complete: str, complaints: Complaints) -> None:
    text = complete.replace('"fr"', '"de"').replace('"EUR"', '"euro"').replace('"40.00"', '"-1"')
    text = text.replace("env:VIGIE_SHOP_KEY", "env:VIGIE_NOT_THERE")
    assert [line.split(":")[:2] for line in complaints(text)] == [
        ["line 2", " reporting_currency"],
        ["line 4", " language"],
        ["line 51", " sources.woocommerce[0].key"],
        ["line 65", " campaigns[0].daily_cost"],
    ]


def test_an_empty_file_lists_what_it_lacks(complaints: Complaints) -> None:
    missing = {line.split(": ")[1] for line in complaints("")}
    assert missing == {
        "brand", "reporting_currency", "time_zone", "language",
        "paths.landing", "paths.warehouse", "paths.publication", "sources",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a = 1\nb = = 2\n", "line 2: not TOML at column 5: Invalid value"),
        ("a = 1\na = 2\n", "line 2: not TOML at column 6: Cannot overwrite a value"),
        ("a = 2026-02-30\n", "line 1: not TOML at column 5: Invalid date or datetime"),
        ('a = 1\nb = "x\n', "line 2: not TOML"),
        ("a = [\n1,\n", "line 2: not TOML"),
        ("a = 1\nb = \xe9\n".encode("latin-1"), "line 2: the file is not UTF-8 here"),
        ("a = " + "[" * 5000, "whole file: tables and lists are nested too deeply"),
        ("a = 1" + "0" * 5000, "whole file: holds a number that is too long"),
    ],
)
def test_a_file_that_is_not_toml_is_refused_at_its_line(
    text: str | bytes, finding: str, complaints: Complaints
) -> None:
    assert complaints(text)[0].startswith(finding)


def test_a_byte_order_mark_and_windows_line_ends_are_harmless(complete: str, read_text: Reader) -> None:
    settings = read_text(b"\xef\xbb\xbf" + complete.replace("\n", "\r\n").encode())
    assert settings.brand == "Atelier Marin"


def test_a_missing_file_says_how_to_write_one(tmp_path: Path, known: Mapping[str, Source]) -> None:
    with pytest.raises(ConfigError, match=r"no such settings file. Write one with: vigie init --to vigie\.toml"):
        read(tmp_path / "vigie.toml", {}, known)


def test_a_folder_or_a_huge_file_is_no_settings_file(tmp_path: Path, known: Mapping[str, Source]) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path, {}, known)
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(ConfigError, match="larger than"):
        read(huge, {}, known)


def test_the_error_ends_a_command_with_the_code_for_settings(read_text: Reader) -> None:
    with pytest.raises(SettingsError) as caught:
        read_text("")
    assert caught.value.exit_code == ConfigError.exit_code == 2
