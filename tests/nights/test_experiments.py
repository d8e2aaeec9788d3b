"""Experiments of a brand, night by night: looked at, judged, advised, and told in the terminal and in the report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline import simulator
from pipeline.cli import app
from tests.nights.replaying import Replay, replay

PLATFORMS = ("facebook", "matomo", "wordpress")
NIGHTS = 14


def declared(start: date, end: date) -> str:
    return f"""
[[experiments]]
name = "autumn or stories"
start = {start}
planned_end = {end}
actions = ["quote_request", "newsletter_signup"]
arms = {{ autumn = ["autumn"], stories = ["stories"] }}
split = "visits"
minimum_visits = 10
budget = "100.00"

[[experiments]]
name = "late"
start = {start - timedelta(days=3)}
planned_end = {end}
actions = ["quote_request"]
arms = {{ x = ["x"], linkedin = ["linkedin"] }}
split = "visits"
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    last = simulator.World(nights=NIGHTS).nights[-1]
    start = last - timedelta(days=NIGHTS - 3)

    def mend(text: str) -> str:
        # The stories cost something here too, so that both arms have a margin.
        paid = text.replace('platform = "wordpress"\n', 'platform = "wordpress"\ndaily_cost = "5.00"\n')
        return paid + declared(start, last - timedelta(days=2))

    with replay(tmp_path_factory.mktemp("experiments"), PLATFORMS, mend=mend, nights=NIGHTS) as replayed:
        replayed.nights(replayed.world.nights)
        yield replayed


def rows(played: Replay, sql: str) -> list[dict[str, Any]]:
    con = duckdb.connect(str(played.project.settings.paths.publication / "vigie.duckdb"), read_only=True)
    found = con.execute(sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def table_rows(page: str) -> list[list[str]]:
    """The texts of the cells of every row of every table of a page."""
    found: list[list[str]] = []
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        found.append([re.sub(r"<[^>]+>", " ", cell).strip() for cell in cells])
    return found


def test_every_night_is_a_look_and_knows_everything_until_its_day(played: Replay) -> None:
    found = rows(
        played,
        """
        select r.look, r.visits, r.conversions,
            (select sum(d.visits) from conversion.daily d where d.campaign = 'autumn-2026' and d.platform = 'facebook'
                and d.action = r.action and d.day between e.start and r.look) as visits_there,
            (select sum(d.conversions) from conversion.daily d where d.campaign = 'autumn-2026'
                and d.platform = 'facebook' and d.action = r.action and d.day between e.start and r.look) as there
        from conversion.experiment_result r
        cross join (select min(look) as start from conversion.experiment_result where experiment <> 'late') e
        where r.experiment = 'autumn or stories' and r.arm = 'autumn' and r.action = 'quote_request'
        order by r.look
        """,
    )
    assert len(found) == NIGHTS - 4
    assert [row["look"] for row in found] == [found[0]["look"] + timedelta(days=n) for n in range(len(found))]
    assert found[-1]["visits"] > 0
    assert [(row["visits"], row["conversions"]) for row in found] == [
        (row["visits_there"], row["there"]) for row in found
    ]


def test_what_was_declared_after_its_start_proves_nothing(played: Replay) -> None:
    sql = "select distinct verdict, reason from conversion.experiment_result where experiment = 'late'"
    (verdict,) = rows(played, sql)
    assert verdict["verdict"] == "invalid"
    assert "after its start: what is settled after looking proves nothing" in verdict["reason"]


def test_the_advice_is_the_budget_and_rests_on_the_margins(played: Replay) -> None:
    advice = rows(played, "select * from conversion.budget_advice")
    assert {row["arm"] for row in advice} == {"autumn", "stories"}
    assert sum(row["amount"] for row in advice) == 100
    margins = rows(
        played,
        "select arm, sum(gross_margin) as margin from conversion.experiment_margin where spend > 0 group by arm",
    )
    assert {row["arm"]: row["gross_margin"] for row in advice} == {row["arm"]: row["margin"] for row in margins}


def test_the_terminal_says_where_the_next_euros_go(played: Replay) -> None:
    said = CliRunner().invoke(app, ["-c", str(played.project.settings.file), "experiment", "autumn or stories"])
    assert said.exit_code == 0, said.output
    assert "Of 100 EUR more, put" in said.output
    assert "a lift is told from 20 conversions" in said.output
    told = CliRunner().invoke(app, ["-c", str(played.project.settings.file), "experiment", "--json"])
    assert {one["trial"]["experiment"] for one in json.loads(told.stdout)} == {"autumn or stories", "late"}


def test_another_name_is_told_with_those_that_there_are(played: Replay) -> None:
    said = CliRunner().invoke(app, ["-c", str(played.project.settings.file), "experiment", "spring"])
    assert said.exit_code == 2
    assert "there is no experiment 'spring': known are autumn or stories, late" in said.output


def test_the_report_has_the_sentence_in_french(played: Replay) -> None:
    page = next(played.folder.rglob("*.html")).read_text(encoding="utf-8")
    assert "Sur 100 EUR de plus, mettez-en" in page
    assert "Non valable : rien ne peut en être conclu" in page
    assert "ce qui est décidé après avoir regardé ne prouve rien." in page
    assert "Des visites réparties au hasard entre les bras ;" in page
    assert "what is settled after looking" not in page


def test_posts_have_margins_of_their_own(played: Replay) -> None:
    said = CliRunner().invoke(app, ["-c", str(played.project.settings.file), "margin", "--by", "post"])
    assert said.exit_code == 0, said.output
    assert "published_day" in said.output
    (count,) = rows(played, "select count(*) as posts from conversion.margin_post where visits > 0")
    assert count["posts"] > 0


def test_the_report_shows_the_way_to_an_action_and_what_posts_left(played: Replay) -> None:
    page = next(played.folder.rglob("*.html")).read_text(encoding="utf-8")
    (known,) = rows(
        played,
        "select sum(step_count) as visits from conversion.funnel_daily where step = 'visits'"
        " and day > (select max(day) from kpi.coverage_daily) - 28",
    )
    assert "De la portée à l’action" in page
    assert ["Visites", f"{known['visits']:,}".replace(",", "\u202f")] in [cells[:2] for cells in table_rows(page)]
    (best,) = rows(
        played,
        "select post_id, visits from conversion.margin_post where published_day > (select max(day) from"
        " kpi.coverage_daily) - 28 order by gross_margin desc nulls last, revenue desc nulls last,"
        " visits desc nulls last, platform, post_id limit 1",
    )
    assert any(best["post_id"] in cells[0] and cells[2] == str(best["visits"]) for cells in table_rows(page))
