"""What a whole night leaves behind: no secret anywhere, and a page that asks nothing of any network."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import zstandard

from pipeline import simulator, steps
from pipeline.http import install_redaction
from tests.nights.replaying import Replay, replay


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replay, Path]]:
    """Two nights with everything logged at DEBUG into a file."""
    folder = Path(tmp_path_factory.mktemp("logged"))
    log = folder / "debug.log"
    handler = logging.FileHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    install_redaction()
    try:
        with replay(folder) as played:
            played.nights(played.world.nights[:2])
            for account in played.project.settings.accounts:
                for secret in account.secrets.values():
                    logging.getLogger("canary").warning("a careless line with %s in it", secret.reveal())
            yield played, log
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


def secrets() -> list[bytes]:
    return [value.encode() for value in simulator.environment().values()]


def test_m2_no_secret_is_in_any_file_that_a_night_leaves(logged: tuple[Replay, Path]) -> None:
    played, log = logged
    assert log.read_text("utf-8").count("a careless line") >= 5
    assert len(secrets()) >= 5
    files = [path for path in played.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 30
    hits = [(path.name, secret) for path in files for secret in secrets() if secret in content(path)]
    assert hits == []


def content(path: Path) -> bytes:
    """A file's bytes, unpacked where it is compressed."""
    raw = path.read_bytes()
    return zstandard.ZstdDecompressor().decompressobj().decompress(raw) if path.suffix == ".zst" else raw


def test_m2_no_secret_is_in_any_cell_of_the_warehouse(logged: tuple[Replay, Path]) -> None:
    played, _ = logged
    con = duckdb.connect(str(played.project.settings.paths.warehouse), read_only=True)
    tables = con.execute(
        "select table_schema || '.' || table_name from information_schema.tables where table_type = 'BASE TABLE'"
    ).fetchall()
    assert len(tables) > 30
    for (table,) in tables:
        text = con.execute(f"select string_agg(t::varchar, '') from {table} t").fetchall()[0][0] or ""
        assert not [secret for secret in secrets() if secret.decode() in text], table
    con.close()


def test_the_report_asks_nothing_of_any_network(logged: tuple[Replay, Path]) -> None:
    played, _ = logged
    page = (played.project.settings.paths.publication / "report.html").read_text("utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert "url(" not in page
    assert "simul" in page


def test_a_reader_of_the_settings_never_prints_a_secret(logged: tuple[Replay, Path]) -> None:
    played, _ = logged
    assert not [secret for secret in secrets() if secret.decode() in repr(played.project.settings)]
    project = steps.open_project(played.folder / "vigie.toml", {**os.environ, **simulator.environment()})
    assert not [secret for secret in secrets() if secret.decode() in str(project)]
