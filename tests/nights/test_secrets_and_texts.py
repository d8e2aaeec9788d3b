"""What a whole night leaves behind: no secret anywhere, and no text of a platform that comes alive."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from html.parser import HTMLParser
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


class Live(HTMLParser):
    """Collects what would act in a browser: scripts, handlers, frames, addresses that are fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "object", "embed", "img", "link", "base", "form"}:
            self.found.append(tag)
        if tag == "a" and not (dict(attrs).get("href") or "").startswith("#"):
            self.found.append("a link that leaves the page")
        # Words for screen readers and tooltips are read out, never followed.
        self.found += [
            name
            for name, value in attrs
            if name.startswith("on") or (name not in {"aria-label", "title"} and "javascript:" in (value or ""))
        ]


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)", "</style><script>alert(1)</script>", "{{ 7 * 7 }}", "{% raw %}", "\u202egnp.exe",
    "<a href=javascript:alert(1)>x</a>", "&lt;script&gt;", "]]><script>", "<!--<script>-->", "<base href=//evil>",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_m3_hostile_texts_are_inert_in_the_report(logged: tuple[Replay, Path], tmp_path: Path, language: str) -> None:
    from pipeline import report

    played, _ = logged
    copy = tmp_path / "vigie.duckdb"
    copy.write_bytes((played.project.settings.paths.publication / "vigie.duckdb").read_bytes())
    copy.chmod(0o644)
    night = played.world.nights[1]
    with duckdb.connect(str(copy)) as con:
        for i, text in enumerate(HOSTILE):
            con.execute(
                "insert into quality.note by name "
                "select ? as night, ? as kind, ? as platform, ? as account, ? as message",
                [night, f"kind {i}", text, text, text],
            )
        con.execute(
            "update kpi.post set type = ?, post_id = post_id || ?, hashtags = ?", [HOSTILE[0], HOSTILE[3], HOSTILE]
        )
        con.execute("update conversion.margin_daily set campaign = ? where campaign <> ''", [HOSTILE[1]])
        con.execute("update kpi.coverage_daily set delivered = false, reason = ?", [HOSTILE[5]])
        con.execute("update kpi.account_daily set account = ?", [HOSTILE[2]])
        out = report.render(
            con, tmp_path / "report.html", brand=HOSTILE[0], night=night, language=language, currency="EUR"
        )
    page = out.read_text("utf-8")
    live = Live()
    live.feed(page)
    assert live.found == []
    assert "{{ 7 * 7 }}" in page
    assert "Content-Security-Policy" in page
    assert page.count("&lt;script&gt;") > 10


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
