"""The pages of the plugin as text: what other people wrote stays text, and no file but the report is ever read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.plugin import pages
from pipeline.plugin.brand import project
from tests.airflow.conftest import SETTINGS

HOSTILE = (
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    '" autofocus onfocus="alert(1)',
    "{{ 7 * 7 }}{% for x in y %}",
    "</title><svg/onload=alert(1)>",
    "<!--", "]]>", "&lt;b&gt;",
)  # fmt: skip


class Seen(HTMLParser):
    """Every element with its attributes, and every word."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "vigie.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("VIGIE_SETTINGS", str(file))
    return file


def text_of(answer: object) -> str:
    body = getattr(answer, "body")  # noqa: B009 – Airflow's packages are not followed
    assert isinstance(body, bytes)
    return body.decode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_names_and_reasons_are_text_and_nothing_else(settings: Path, text: str) -> None:
    plain = Seen(text_of(pages.sources()))
    named = json.dumps(text)
    settings.write_text(
        SETTINGS.replace('brand = "Atelier Marin"', f"brand = {named}").replace('id = "1"', f'id = "1"\nname = {named}')
    )
    reason = {"platform": text, "account": text, "name": None, "last_landed": None, "last_night": None, "state": text}
    state = {"publication": None, "last_run": None, "sources": [{**reason, "reason": text}]}
    told = pages._page(project(), "sources.html.j2", state=state, now=datetime.now(UTC))
    for page in (Seen(text_of(pages.sources())), Seen(text_of(told)), Seen(text_of(pages.report()))):
        assert page.tags <= plain.tags
        assert page.attributes <= plain.attributes
        assert any(text in words for words in page.words)


def test_before_the_first_night_both_pages_say_so(settings: Path) -> None:
    report = pages.report()
    assert report.status_code == 404
    assert "Nothing has been published yet" in text_of(report)
    assert "never loaded" in text_of(pages.sources())


def test_a_link_in_the_place_of_the_report_is_not_followed(settings: Path) -> None:
    folder = project().settings.paths.publication
    folder.mkdir()
    (folder / "report.html").symlink_to(settings)
    answer = pages.report()
    assert answer.status_code == 404
    assert "woocommerce" not in text_of(answer)


def test_french_brands_read_french(settings: Path) -> None:
    settings.write_text(SETTINGS.replace('language = "en"', 'language = "fr"'), encoding="utf-8")
    told = text_of(pages.sources())
    assert "Dernière nuit reçue" in told
    assert "jamais chargé" in told
