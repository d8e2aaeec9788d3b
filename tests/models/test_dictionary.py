"""The data dictionary is made from the registry and the SQL, in both languages; the one that is kept is up to date."""

from __future__ import annotations

from html.parser import HTMLParser

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline import registry, steps
from pipeline.cli import app
from pipeline.registry import LANGUAGES
from pipeline.registry.pages import UNITS_FR, pages
from pipeline.steps.dictionary import tables
from tests.models.warehouse import SQL, columns_of, empty_warehouse

REGISTRY = registry.read(SQL / "metrics.yml")


class Cells(HTMLParser):
    """The texts of a page's cells and headings, and every address in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [f"{tag}: {value}" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_dictionary_that_is_kept_is_the_one_that_is_made() -> None:
    kept = (SQL / "DICTIONARY.md").read_text(encoding="utf-8")
    # not assert ==: ten thousand lines would hide the sentence that says what to do
    if kept != steps.dictionary("en", "md"):
        pytest.fail("sql/DICTIONARY.md is out of date: run `vigie dictionary > sql/DICTIONARY.md`")


def test_it_has_every_mart_with_the_columns_that_it_really_has() -> None:
    built = columns_of(empty_warehouse(duckdb.connect()))
    marts = {name: tuple(columns) for name, columns in built.items() if name.startswith(("kpi.", "conversion."))}
    assert {table.name: table.columns for table in tables()} == marts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_has_a_label_and_a_meaning(language: str) -> None:
    lines = [(page.name, line) for page in pages(REGISTRY, tables(), language) for line in page.lines]
    assert [(name, line.column) for name, line in lines if not line.label or not line.meaning] == []
    assert len(lines) > 300


def test_a_table_says_what_a_row_is_in_both_languages() -> None:
    rows = {
        language: {page.name: page.row for page in pages(REGISTRY, tables(), language)}["kpi.account_daily"]
        for language in LANGUAGES
    }
    assert rows == {"en": "One row per platform, account, day.", "fr": "Une ligne par plateforme, compte, jour."}


def test_a_metric_says_what_it_is_how_it_adds_up_and_what_the_platforms_call_it_now() -> None:
    page = {page.name: page for page in pages(REGISTRY, tables(), "fr")}["kpi.account_daily"]
    lines = {line.column: line for line in page.lines}
    assert (lines["followers"].unit, lines["followers"].additivity) == ("personnes", "La dernière vaut")
    assert "facebook: page_follows" in lines["followers"].natives
    assert "page_fans" not in lines["followers"].natives
    assert lines["click_through_rate"].unit == "clicks / impressions"


def test_a_dimension_of_few_values_lists_them_with_their_labels() -> None:
    page = {page.name: page for page in pages(REGISTRY, tables(), "en")}["conversion.event"]
    (meaning,) = [line.meaning for line in page.lines if line.column == "status"]
    assert "One of: pending (Pending), confirmed (Confirmed)" in meaning


def test_every_unit_has_a_french_word() -> None:
    assert {metric.unit for metric in REGISTRY.metrics.values()} <= UNITS_FR.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_text_says_and_asks_for_nothing(language: str) -> None:
    page = Cells(steps.dictionary(language, "html"))
    text = steps.dictionary(language, "md")
    assert page.addresses == []
    for line in (line for each in pages(REGISTRY, tables(), language) for line in each.lines):
        assert line.meaning in page.texts
        assert line.meaning.replace("|", "\\|") in text


def test_the_command_prints_it_without_settings() -> None:
    done = CliRunner().invoke(app, ["dictionary", "--lang", "fr"])
    assert done.exit_code == 0
    assert done.stdout.startswith("# Dictionnaire des données\n")
    assert CliRunner().invoke(app, ["dictionary", "--format", "pdf"]).exit_code == 2
