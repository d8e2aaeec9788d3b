"""The first hour: an example is written once, and platforms are listed without any settings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from pipeline import sources


def test_init_writes_an_example_that_every_command_accepts(vigie: Callable[..., Result], tmp_path: Path) -> None:
    done = vigie("init", "--to", "brand.toml")
    assert done.exit_code == 0
    variables = dict.fromkeys(re.findall(r"^  (VIGIE_\w+)$", done.stdout, re.MULTILINE), "canary")
    planned = vigie("-c", "brand.toml", "plan", "--night", "2026-11-02", "--json", environment=variables)
    assert planned.exit_code == 0, planned.stderr
    asked = {name for name in sources.names() if sources.module(name).ORIGIN == "api"}
    assert {unit["platform"] for unit in json.loads(planned.stdout)} == asked


def test_init_never_overwrites(vigie: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text("mine")
    done = vigie("init")
    assert done.exit_code == 2
    assert "is not overwritten" in done.stderr
    assert (tmp_path / "vigie.toml").read_text() == "mine"


def test_init_into_a_folder_that_is_not_there_is_refused(vigie: Callable[..., Result]) -> None:
    done = vigie("init", "--to", "nowhere/vigie.toml")
    assert done.exit_code == 2
    assert "cannot be written (No such file or directory)" in done.stderr


def test_sources_are_listed_without_settings(vigie: Callable[..., Result]) -> None:
    listed = json.loads(vigie("sources", "--json").stdout)
    assert [one["platform"] for one in listed] == list(sources.names())
    assert all(one["streams"] and one["what"] for one in listed)
    assert all(one["accounts"] == [] for one in listed)
    shown = vigie("sources").stdout
    assert all(name in shown for name in sources.names())
    assert {one["import"] for one in listed if one["platform"] == "google_plus"} == {"vigie import google-plus FILE"}
    assert "vigie import google-plus FILE" in shown


def test_sources_name_the_configured_accounts(vigie: Callable[..., Result], brand: Path) -> None:
    listed = json.loads(vigie("sources", "--json", environment={"VIGIE_FACEBOOK_TOKEN": "canary"}).stdout)
    assert {one["platform"]: one["accounts"] for one in listed}["facebook"] == ["104001"]


def test_sources_with_faulty_settings_are_listed_with_a_remark(vigie: Callable[..., Result], brand: Path) -> None:
    brand.write_text(brand.read_text().replace('"EUR"', '"euro"'))
    done = vigie("sources", "--json")
    assert done.exit_code == 0
    assert "vigie doctor" in done.stderr
    assert json.loads(done.stdout)
