"""The report's page as it is written: whole, labelled, inert, honest about what is not known or not final."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import ConfigError
from pipeline.report import period_of
from pipeline.report.browser import find
from pipeline.report.words import words
from tests.report.pages import LANGUAGES, changed, large, small

VOID = {"meta", "br", "link", "img", "input", "hr"}
SECTIONS = (
    "summary", "networks", "posts", "hashtags", "hours", "types", "team", "voice", "funnel", "margin", "forecast",
    "anomalies", "quality", "glossary",
)  # fmt: skip


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str) -> list[Element]:
        found = [self] if self.tag == tag else []
        return found + [each for child in self.children for each in child.all(tag)]

    def everything(self) -> list[Element]:
        return [self, *(each for child in self.children for each in child.everything())]

    def words(self) -> str:
        return self.text + "".join(child.words() for child in self.children)


class Tree(HTMLParser):
    """The page as elements; what is not closed in order is found."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = self.here = Element("", {})
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        new = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(new)
        if tag not in VOID:
            self.here = new

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"{tag} closes {self.here.tag}"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.text += data


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest) -> str:
    return large().page(request.param)


@pytest.fixture(scope="module")
def tree(page: str) -> Element:
    return Tree(page).root


def test_every_part_of_the_page_is_there_in_its_order(tree: Element) -> None:
    assert tuple(section.attributes["id"] for section in tree.all("section")) == SECTIONS


def test_five_networks_of_thirteen_months_weigh_less_than_two_megabytes(page: str) -> None:
    assert 100_000 < len(page.encode()) < 2_000_000


def test_nothing_in_it_acts_or_asks_for_anything(page: str, tree: Element) -> None:
    tags = {element.tag for element in tree.everything()}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use"}
    assert "http:" not in page
    assert "https:" not in page
    assert "url(" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert not [name for each in tree.everything() for name in each.attributes if name.startswith("on")]


def test_ids_are_unique_and_every_link_leads_somewhere(tree: Element) -> None:
    ids = [each.attributes["id"] for each in tree.everything() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    assert {link.attributes["href"] for link in tree.all("a")} <= {f"#{each}" for each in ids}


def test_every_chart_says_what_it_shows_and_has_its_numbers_behind_it(tree: Element) -> None:
    charts = tree.all("svg")
    assert len(charts) >= 12
    for chart in charts:
        assert chart.attributes["role"] == "img"
        assert len(chart.attributes["aria-label"]) > 20
        figure = chart.parent
        assert figure is not None
        assert figure.tag == "figure"
        (details,) = figure.all("details")
        assert len(details.all("tr")) > 2
        assert [group for group in chart.all("g") if "role-mark" in group.attributes.get("class", "")]


def test_every_table_has_a_caption_and_heads_with_a_scope(tree: Element) -> None:
    tables = tree.all("table")
    assert len(tables) > 20
    for table in tables:
        assert table.all("caption")[0].words().strip()
        assert {head.attributes.get("scope") for head in table.all("th")} <= {"col", "row"}
        width = len(table.all("thead")[0].all("th"))
        assert {len(row.children) for row in table.all("tr")} == {width}, table.all("caption")[0].text


def test_headings_go_down_step_by_step(tree: Element) -> None:
    levels = [int(each.tag[1]) for each in tree.everything() if re.fullmatch(r"h[1-6]", each.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_no_value_of_a_program_is_shown_to_a_person(tree: Element) -> None:
    shown = tree.all("body")[0].words()
    assert not re.search(r"\b(None|nan|NaN|NaT|inf|null|undefined)\b", shown)
    assert not re.search(r"\{[a-z_]+\}", shown)


def test_what_is_not_known_is_a_dash_and_breaks_the_line(tree: Element) -> None:
    table = chart_of(tree, "facebook-1", 0).all("table")[0]
    unknown = [row for row in table.all("tr") if row.children[1].words() == "–"]
    assert len(unknown) == 2
    whole, broken = (marks(chart_of(tree, f"{name}-1", 0), "mark-line") for name in ("x", "facebook"))
    assert len(broken) == len(whole) + 1, "two days without a value part the line"


def test_provisional_days_are_drawn_otherwise_in_every_chart_of_days(tree: Element) -> None:
    lines = marks(chart_of(tree, "x-1", 0), "mark-line")
    dashes = [line.attributes.get("stroke-dasharray") for line in lines]
    assert len(set(dashes)) == 3, "final, provisional and forecast"
    bars = marks(chart_of(tree, "x-1", 1), "mark-rect")
    assert {(bar.attributes["fill"], bar.attributes["stroke-dasharray"]) for bar in bars} == {("var(--tint)", "2,2")}


def test_a_day_out_of_the_ordinary_is_marked_where_it_is_drawn(tree: Element) -> None:
    assert len(marks(chart_of(tree, "x-1", 1), "mark-symbol")) == 1
    assert not marks(chart_of(tree, "youtube-1", 1), "mark-symbol")


def test_of_the_people_reached_the_share_in_the_target_is_told_or_why_nobody_knows_it(tree: Element) -> None:
    told = {
        next(h.words() for h in card.all("h3")): [" ".join(dd.words().split()) for dd in fact.all("dd")]
        for card in tree.everything()
        if card.attributes.get("class") == "card"
        for fact in card.all("div")
        if any(word in dt.words() for dt in fact.all("dt") for word in ("Reach within the target", "clients cibles"))
        and fact.children
        and fact.children[0].tag == "dt"
    }
    assert len(told) == 2, "the other networks tell nothing of the people reached"
    share, people = told["instagram · instagram-1"]
    assert re.fullmatch(r"30[.,]0\s?%", share)
    assert re.match(r"12[\s,]300 (of|personnes sur) 41[\s,]000", people)
    nothing, reason = told["x · x-1"]
    assert nothing == "–"
    assert "every segment of the target" in reason or "tous les segments de la cible" in reason


def test_three_things_are_told_first_with_what_is_most_urgent_first(tree: Element) -> None:
    told = tree.all("ol")[0].all("li")
    assert len(told) == 3
    assert "Fifty thousand" in told[0].words()
    assert "700" in told[1].words()
    assert all(link.attributes["href"].startswith("#") for one in told for link in one.all("a"))


def chart_of(tree: Element, account: str, number: int) -> Element:
    card = next(
        each
        for each in tree.everything()
        if each.attributes.get("class") == "card" and each.all("h3") and account in each.all("h3")[0].words()
    )
    return card.all("figure")[number]


def marks(figure: Element, kind: str) -> list[Element]:
    """The marks of a kind that the chart's data made."""
    groups = [each for each in figure.all("g") if {kind, "role-mark"} <= set(each.attributes.get("class", "").split())]
    return [path for group in groups for path in group.all("path") if path.attributes.get("fill") != "transparent"]


@pytest.mark.parametrize(
    ("period", "language", "title"),
    [("2026-09", "fr", "septembre 2026"), ("2026-W41", "en", "week 41 of 2026"), ("2026-Q3", "fr", "trimestre 3")],
)
def test_a_past_period_is_named_and_has_no_forecast(period: str, language: str, title: str) -> None:
    tree = Tree(large().page(language, period)).root
    assert title in tree.all("h1")[0].words()
    assert len({line.attributes.get("stroke-dasharray") for line in marks(chart_of(tree, "x-1", 0), "mark-line")}) < 3


def test_a_publication_with_fewer_tables_has_fewer_sections(tmp_path: Path) -> None:
    known = large()
    copy = tmp_path / "old.duckdb"
    copy.write_bytes(known.file.read_bytes())
    newer = ("goal", "forecast", "anomaly", "posting_time", "content_type", "hashtag", "team_daily", "share_of_voice",
             "restatement", "metric_definition")  # fmt: skip
    with changed(copy) as con:
        for table in newer:
            con.execute(f"drop table kpi.{table}")
    tree = Tree(type(known)(copy, known.night).page("en")).root
    sections = [section.attributes["id"] for section in tree.all("section")]
    assert sections == ["summary", "networks", "posts", "funnel", "margin", "quality"]


def test_the_page_of_a_young_brand_is_whole_too() -> None:
    tree = Tree(small().page("en")).root
    assert tree.all("svg")
    assert not re.search(r"\b(None|nan|NaN|inf)\b", tree.all("body")[0].words())


def test_every_sentence_is_in_both_languages_with_the_same_gaps() -> None:
    for key, (english, french) in words().items():
        assert sorted(re.findall(r"\{(\w+)\}", english)) == sorted(re.findall(r"\{(\w+)\}", french)), key
        assert english.count("|") == french.count("|"), key


def test_a_post_that_was_answered_by_chance_is_not_the_best(tmp_path: Path) -> None:
    """One of three impressions is a third of them, and proves nothing."""
    known = large()
    copy = tmp_path / "chance.duckdb"
    copy.write_bytes(known.file.read_bytes())
    with changed(copy) as con:
        con.execute("update kpi.post set impressions = 3, engagements = 1, engagement_rate_by_impressions = 1 / 3 "
                    "where post_id = 'post-5'")  # fmt: skip
    tree = Tree(type(known)(copy, known.night).page("en")).root
    (best,) = [table for table in tree.all("table") if "answered most" in table.all("caption")[0].words()]
    assert "post-5" not in best.words()


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_texts_stay_texts(language: str, tmp_path: Path) -> None:
    known = large()
    copy = tmp_path / "hostile.duckdb"
    copy.write_bytes(known.file.read_bytes())
    hostile = "</title></svg><script>alert(1)</script>\"'><img src=//x onerror=alert(1)>"
    with changed(copy) as con:
        con.execute("update kpi.post set account = ?, post_id = ?, type = ?, hashtags = [?]", [hostile] * 4)
        con.execute("update kpi.account_daily set account = ?", [hostile])
        con.execute("update kpi.site_network_daily set platform = ? where platform <> 'unattributed'", [hostile])
        con.execute("update kpi.posting_time set account = ?", [hostile])
        con.execute("update kpi.hashtag set hashtag = ?", [hostile])
        con.execute("update kpi.goal set goal = ?", [hostile])
        con.execute("update kpi.team_daily set member = ?", [hostile])
        con.execute("update kpi.anomaly set explained_by = ?", [hostile])
        con.execute("update conversion.margin_daily set campaign = ?", [hostile])
    tree = Tree(type(known)(copy, known.night).page(language)).root
    assert not {"script", "img"} & {element.tag for element in tree.everything()}
    assert "<script>" in tree.words(), "it is shown as what it is"


def test_without_a_browser_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"apt install chromium.*VIGIE_BROWSER.*--format html needs none"):
        find({})
    with pytest.raises(ConfigError, match="VIGIE_BROWSER: there is no program 'nobody'"):
        find({"VIGIE_BROWSER": "nobody"})


def test_a_view_of_the_data_never_writes(tmp_path: Path) -> None:
    known = large()
    before = known.file.read_bytes()
    known.page("en", "2026-10")
    assert known.file.read_bytes() == before
    with duckdb.connect(str(known.file), read_only=True) as con:
        assert con.execute("select count(*) from kpi.account_daily").fetchall() == [(5 * 396,)]
    assert period_of("28d", known.night).days == 28
