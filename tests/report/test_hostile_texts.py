"""Hostile texts wherever strangers and mishaps write, and every page that is made of them: nothing comes alive.

``hostile_texts.json`` has scripts, handlers, ways out of attributes, links that are code, drawings, templates,
half-open tags, entities, signs of direction and formulas. They stand in every column of text of every published table.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import registry, report, steps
from pipeline.errors import ConfigError
from pipeline.report import browser, expected, period_of
from pipeline.report.expected import Rule
from pipeline.steps.dictionary import tables
from tests.report.pages import LANGUAGES, changed, large

TEXTS: list[str] = json.loads(Path(__file__).with_name("hostile_texts.json").read_text("utf-8"))
METRICS = Path(__file__).resolve().parents[2] / "sql" / "metrics.yml"
PERIODS = {"en": ("28d", "2026-Q4"), "fr": ("28d", "2026-10", "2026-W44")}
# What a table is joined, counted and chosen by: with other words in it there would be nothing left to show.
STRUCTURE = {
    "platform", "metric", "action", "model", "step", "state", "severity", "period_kind", "status", "verdict",
    "reporting_currency", "currency", "direction", "kind", "dimension", "name", "stream", "grain", "additivity",
    "unit", "referrer_type", "day_timezone",
}  # fmt: skip
NIGHT_OF_NOTES = "insert into quality.note by name select ? as night, 'hostile' as kind, ? as platform, ? as message"


def plant(con: duckdb.DuckDBPyConnection, night: Any) -> int:
    """In every column of text that is not structure each value becomes one of the texts, the same one everywhere.

    Returns how many columns there were.
    """
    con.execute("create temp table turn as select unnest(range(len(t))) as nth, unnest(t) as text"
                " from (select ?::varchar[] as t)", [TEXTS])  # fmt: skip
    con.execute(f"create temp macro hostile(v) as (select text from turn where nth = hash(v) % {len(TEXTS)})")
    columns = con.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
        " where schema_name in ('kpi', 'conversion', 'quality') and data_type in ('VARCHAR', 'VARCHAR[]')"
    ).fetchall()
    free = [each for each in columns if each[1] not in STRUCTURE]
    for table, column, kind in free:
        value = f'[hostile("{column}"[1])]' if kind.endswith("[]") else f'hostile("{column}")'
        con.execute(f'update {table} set "{column}" = {value} where "{column}" is not null')
    for text in TEXTS:
        con.execute(NIGHT_OF_NOTES, [night, "facebook", text])
    con.execute("update quality.run set error = hostile(step || night)")
    return len(free)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Every page that the project makes, by what it is."""
    folder = Path(tmp_path_factory.mktemp("hostile"))
    known = large()
    copy = folder / "hostile.duckdb"
    copy.write_bytes(known.file.read_bytes())
    made: dict[str, str] = {}
    with changed(copy) as con:
        assert plant(con, known.night) > 50
        for language in LANGUAGES:
            for period in PERIODS[language]:
                out = report.render(
                    con, folder / "page.html", brand=TEXTS[0], night=known.night, language=language, currency="EUR",
                    period=period_of(period, known.night), names={("facebook", "104001"): TEXTS[5]}, simulated=True,
                )  # fmt: skip
                made[f"report {language} {period}"] = out.read_text("utf-8")
            rules = [Rule(f"kpi.{n}", 1 + n % 2, text, "critical", text, text, text) for n, text in enumerate(TEXTS)]
            page = expected.compose(rules, expected.outcomes(con), brand=TEXTS[1], language=language, subtitle=TEXTS[2])
            made[f"expectations {language}"] = report.write(folder / "page.html", page).read_text("utf-8")
            made[f"dictionary {language}"] = dictionary(language)
    return made


def dictionary(language: str) -> str:
    """The dictionary of a registry in which every label and every description is hostile."""
    known = registry.read(METRICS)
    turn = iter(TEXTS * 20)
    bad = {
        name: replace(
            metric, label_en=next(turn), label_fr=next(turn), description=next(turn), description_fr=next(turn)
        )
        for name, metric in known.metrics.items()
    }
    return registry.DICTIONARY["html"](replace(known, metrics=bad), tables(), language)


# Everything that our pages are made of.
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3", "h4", "p", "nav", "ul", "ol",
    "li", "main", "section", "div", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "span",
    "br", "abbr", "code", "figure", "figcaption", "details", "summary", "svg", "g", "path", "text", "line", "rect",
    "tspan",
}  # fmt: skip


class Parsed(HTMLParser):
    """What would act, and every text and tooltip as it is read."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.live: list[str] = []
        self.read: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.live.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("srcdoc", "action", "formaction", "background", "src", "data"):
                self.live.append(f"{tag} {name}")
            if name in ("href", "xlink:href") and not (value or "").startswith("#"):
                self.live.append(f"{tag} {name}={value}")
            if name == "style" and "url(" in (value or ""):
                self.live.append(f"{tag} style={value}")
            self.read.append(value or "")

    def handle_data(self, data: str) -> None:
        self.read.append(data)

    def handle_comment(self, data: str) -> None:
        self.live.append(f"<!--{data}-->")


def test_there_are_two_hundred_texts_of_every_kind() -> None:
    assert len(set(TEXTS)) == len(TEXTS) >= 200
    for sign in ("<script", "onerror=", "javascript:", "<svg", "{{", "\u202e", "=1+1", "&lt;", "<!--"):
        assert any(sign in text for text in TEXTS)


def test_no_page_has_a_live_node(pages: Mapping[str, str]) -> None:
    assert len(pages) == sum(map(len, PERIODS.values())) + 2 * len(LANGUAGES)
    assert {name: Parsed(page).live[:5] for name, page in pages.items() if Parsed(page).live} == {}


def test_every_text_is_still_read_as_it_was_written(pages: Mapping[str, str]) -> None:
    """Inert because escaped, not because it was left out."""
    for kind in ("report en 28d", "expectations fr"):
        read = " ".join(Parsed(pages[kind]).read)
        seen = [text for text in TEXTS if text.strip() in read]
        assert len(seen) > 0.9 * len(TEXTS), [text for text in TEXTS if text.strip() not in read]


TRIP = """<script>
window.tripped = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'fetch'])
  window[name] = (...words) => { window.tripped.push(name + ' ' + words.join(' ')); };
</script>"""
TOUCH = """(async () => {
  for (const element of document.querySelectorAll('*'))
    for (const name of ['click', 'mouseover', 'pointerenter', 'focus', 'toggle', 'error', 'load', 'input', 'wheel'])
      element.dispatchEvent(new Event(name, { bubbles: false, cancelable: true }));
  await new Promise((done) => setTimeout(done, 200));
  return {
    tripped: window.tripped,
    scripts: document.scripts.length,
    frames: window.frames.length,
    handlers: [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes])
      .filter((a) => /^on/i.test(a.name)).length,
  };
})()"""


@pytest.fixture(scope="module")
def tab() -> Iterator[browser.Tab]:
    try:
        program = browser.find(os.environ)
    except ConfigError as absent:
        pytest.skip(str(absent))
    with browser.opened(program) as opened:
        yield opened


def opened_in(tab: browser.Tab, page: str) -> Any:
    """What a browser makes of a page with a wire in front of it, and without its content policy: escaping must do."""
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    tab.show(bare.replace("<head>", f"<head>{TRIP}", 1))
    return tab.evaluate(TOUCH)


@pytest.mark.servers
def test_in_a_browser_no_text_comes_alive(pages: Mapping[str, str], tab: browser.Tab) -> None:
    calm = {"tripped": [], "scripts": 1, "frames": 0, "handlers": 0}
    asked = len([event for event in tab.events if event.get("method") == "Network.requestWillBeSent"])
    assert {name: seen for name, page in pages.items() if (seen := opened_in(tab, page)) != calm} == {}
    assert len([event for event in tab.events if event.get("method") == "Network.requestWillBeSent"]) == asked


@pytest.mark.servers
def test_the_wire_trips_where_a_text_is_not_escaped(tab: browser.Tab) -> None:
    page = "<!doctype html><html><head></head><body>{}</body></html>"
    for text in TEXTS[0], "<img src=x onerror=alert(1)>", "<a href=# onclick=alert(1)>x</a>":
        assert opened_in(tab, page.format(text))["tripped"]


def test_the_pages_of_expectations_are_written_in_both_languages(tmp_path: Path) -> None:
    from pipeline import simulator

    settings = tmp_path / "vigie.toml"
    settings.write_text(simulator.settings_toml("http://127.0.0.1:1", platforms=("facebook",)), encoding="utf-8")
    project = steps.open_project(settings, simulator.environment())
    written = steps.write_expectations(project, tmp_path / "pages")
    assert [page.name for page in written] == ["expectations.en.html", "expectations.fr.html"]
    for page in written:
        text = page.read_text("utf-8")
        assert Parsed(text).live == []
        assert text.count("<section") > 100
        assert "key unique" in text
