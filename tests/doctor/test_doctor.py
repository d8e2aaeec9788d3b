"""The doctor finds what would break a night, says what to do, and never stops at the first fault."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.doctor import Finding, examine

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
TOKEN = {"VIGIE_FACEBOOK_TOKEN": "canary-token"}
SETTINGS = """\
brand = "Atelier Marin"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
language = "fr"
[paths]
landing = "var/landing"
warehouse = "var/warehouse.duckdb"
publication = "var/published"
[[sources.facebook]]
id = "104001"
base = "http://127.0.0.1:9/v26.0"
token = "env:VIGIE_FACEBOOK_TOKEN"
"""


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    path = tmp_path / "vigie.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


def of(findings: list[Finding], area: str) -> list[tuple[str, str]]:
    return [(finding.state, finding.message) for finding in findings if finding.area == area]


def test_every_area_is_examined_although_the_first_ones_fail(brand: Path) -> None:
    brand.write_text(SETTINGS.replace('language = "fr"', 'language = "fr"\n[storage]').replace("104001", "1"))
    findings = examine(brand, {}, NOW)
    assert {finding.area for finding in findings} == {
        "versions", "settings", "folders", "disk", "lock", "schedule", "alerts", "publication", "credentials",
        "calendar",
    }  # fmt: skip
    assert "could not be checked" not in " ".join(finding.message for finding in findings)


def test_whatever_is_not_well_says_what_to_do(brand: Path) -> None:
    for finding in examine(brand, TOKEN, NOW):
        assert finding.state == "ok" or finding.advice or finding.area == "settings"


def test_every_fault_of_the_settings_is_a_finding_with_its_line(brand: Path) -> None:
    brand.write_text(SETTINGS.replace('"EUR"', '"euro"'))
    told = of(examine(brand, {}, NOW), "settings")
    assert told == [
        ("fail", 'must be three capitals, like "EUR" (vigie.toml:2)'),
        ("fail", "the environment variable VIGIE_FACEBOOK_TOKEN is not set (vigie.toml:12)"),
    ]


def test_a_missing_secret_stops_no_other_check_and_is_never_asked_with(brand: Path) -> None:
    findings = examine(brand, {}, NOW)
    assert of(findings, "credentials") == [("warn", "not asked: a secret is missing")]
    assert of(findings, "schedule") == [("ok", "next run 2026-11-04 04:00 CET")]


def test_an_account_whose_platform_is_away_is_a_fault_that_names_it(brand: Path) -> None:
    (finding,) = [found for found in examine(brand, TOKEN, NOW) if found.area == "credentials"]
    assert (finding.state, finding.subject) == ("fail", "facebook/104001")
    assert "canary" not in finding.message


@pytest.mark.parametrize(
    ("cron", "state", "told"),
    [
        ("0 4 * * *", "ok", "next run 2026-11-04 04:00 CET"),
        ("0 1 * * *", "warn", "next run 2026-11-04 01:00 CET, before platforms have closed the day"),
        ("0 4,16 * * *", "warn", "2 to 2 runs a day; next 2026-11-03 16:00 CET"),
        ("0 4 * * 1", "warn", "0 to 1 runs a day; next 2026-11-09 04:00 CET"),
        ("0 4 1 1 *", "warn", "next run 2027-01-01 04:00 CET"),
    ],
)
def test_the_schedule_is_read_in_the_zone_of_the_brand(cron: str, state: str, told: str, brand: Path) -> None:
    brand.write_text(SETTINGS.replace("[paths]", f'[schedule]\ncron = "{cron}"\n[paths]'))
    assert of(examine(brand, TOKEN, NOW), "schedule") == [(state, told)]


@pytest.mark.parametrize("place", ["/proc/vigie", "vigie.toml/inside"])
@pytest.mark.parametrize("key", ["landing", "publication"])
def test_a_folder_that_takes_no_file_is_a_fault(place: str, key: str, brand: Path) -> None:
    brand.write_text(re.sub(rf"(?m)^{key} = .*$", f'{key} = "{place}"', SETTINGS))
    found = [finding for finding in examine(brand, TOKEN, NOW) if finding.area == "folders" and finding.state == "fail"]
    assert [finding.subject for finding in found] == [key]
    assert found[0].advice


@pytest.mark.skipif(os.getuid() == 0, reason="to the superuser every folder can be written")
def test_a_folder_without_permission_is_a_fault(brand: Path, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o555)
    states = {finding.subject: finding.state for finding in examine(brand, TOKEN, NOW) if finding.area == "folders"}
    assert set(states.values()) == {"fail"}


def test_nothing_is_left_behind(brand: Path, tmp_path: Path) -> None:
    examine(brand, TOKEN, NOW)
    assert list(tmp_path.iterdir()) == [brand]


def test_who_holds_the_warehouse_is_named_and_not_disturbed(brand: Path, tmp_path: Path) -> None:
    holder = textwrap.dedent("""
        import sys
        from datetime import date
        from pathlib import Path
        from pipeline.warehouse import lock
        with lock.hold(Path(sys.argv[1]), command="load", night=date(2026, 11, 2)):
            print("held", flush=True)
            sys.stdin.read()
    """)
    (tmp_path / "var").mkdir()
    command = [sys.executable, "-c", holder, str(tmp_path / "var/warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        ((state, told),) = of(examine(brand, TOKEN, NOW), "lock")
        other.communicate("")
    assert state == "warn"
    assert told.startswith(f"held by pid {other.pid} (load) since 20")
    assert of(examine(brand, TOKEN, NOW), "lock") == [("ok", "nobody holds the warehouse")]


def test_a_damaged_publication_is_a_fault(brand: Path, tmp_path: Path) -> None:
    generation = tmp_path / "var/published/current"
    generation.mkdir(parents=True)
    (generation / "manifest.json").write_text("{")
    ((state, told),) = of(examine(brand, TOKEN, NOW), "publication")
    assert state == "fail"
    assert "manifest" in told


def test_a_settings_file_that_is_no_toml_still_leaves_the_versions(brand: Path) -> None:
    brand.write_text("= 1")
    findings = examine(brand, TOKEN, NOW)
    assert {finding.area for finding in findings} == {"versions", "settings"}
    assert of(findings, "settings")[0][0] == "fail"
