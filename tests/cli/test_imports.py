"""`vigie import google-plus`: what a person types, and what they are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from tests.sources.takeout import takeout


def test_a_dry_run_shows_what_was_understood(vigie: Callable[..., Result], brand: Path, tmp_path: Path) -> None:
    done = vigie("import", "google-plus", takeout(tmp_path / "a.zip"), "--dry-run")
    assert done.exit_code == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["account", "104000000000000000001"] in lines
    assert ["since", "2013-11-05"] in lines
    assert ["night", "2019-03-10"] in lines
    assert ["records", "of", "posts", "3"] in lines
    assert "posts of other authors (1)" in done.stderr
    assert "person_key is not set" in done.stderr
    assert not (tmp_path / "landing").exists()


def test_an_import_tells_when_readers_will_have_it(vigie: Callable[..., Result], brand: Path, tmp_path: Path) -> None:
    file = takeout(tmp_path / "a.zip")
    words = ("import", "google-plus", file, "--account", "atelier", "--date", "2019-03-11")
    done = vigie(*words)
    assert done.exit_code == 0, done.stderr
    assert "vigie transform && vigie publish" in done.stdout
    told = json.loads(vigie(*words, "--json").stdout)
    assert (told["state"], told["account"], told["night"]) == ("already", "atelier", "2019-03-11")
    assert told["records"] == {"posts": 3, "comments": 2}
    [ours] = [
        one for one in json.loads(vigie("status", "--json").stdout)["sources"] if one["platform"] == "google_plus"
    ]
    assert (ours["account"], ours["last_night"], ours["state"]) == ("atelier", "2019-03-11", "passed")


def test_a_file_that_is_no_archive_ends_with_its_own_code_and_advice(
    vigie: Callable[..., Result], brand: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.zip").write_bytes(b"no archive")
    done = vigie("import", "google-plus", tmp_path / "a.zip")
    assert done.exit_code == 11
    assert "a.zip: not a zip archive, or cut before its end" in done.stderr
    assert "Nothing of the file was stored" in done.stderr
    assert not (tmp_path / "landing").exists()


def test_no_file_at_all_is_a_mistake_of_the_command_line(vigie: Callable[..., Result], brand: Path) -> None:
    assert vigie("import", "google-plus").exit_code == 2
