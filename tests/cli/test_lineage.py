"""The way of a number back to the platforms' answers, as a person sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Vigie

RATE = "kpi.account_daily.engagement_rate_by_reach"


def names(step: dict[str, Any]) -> set[str]:
    return {step["name"]}.union(*(names(each) for each in step.get("steps", ())))


def test_a_rate_is_followed_to_the_fields_of_the_raw_answers_with_the_names_of_the_platform(vigie: Vigie) -> None:
    shown = vigie("lineage", RATE, "--platform", "facebook").output
    assert "Interactions by people reached." in shown
    assert "computed core.account_day.reach_1d" in shown
    assert "page_total_media_view_unique (day)" in shown
    assert "raw.facebook_page_insights.value  where insights.name = 'page_total_media_view_unique'" in shown
    assert "raw.facebook_posts.shares.count" in shown
    assert "raw.x_" not in shown


def test_without_a_platform_every_platform_is_shown(vigie: Vigie) -> None:
    found = names(json.loads(vigie("lineage", "kpi.account_daily.followers", "--json").output))
    assert found >= {"raw.x_account.public_metrics.followers_count", "raw.mastodon_account.followers_count"}


def test_what_is_made_of_a_raw_field_is_followed_onward(vigie: Vigie) -> None:
    found = names(json.loads(vigie("lineage", "raw.woocommerce_orders.total", "--downstream", "--json").output))
    assert found >= {"conversion.event.value", "conversion.margin_daily.gross_margin"}
    assert not {name for name in found if name.startswith("staging.facebook")}


def test_what_python_computes_is_followed_to_the_tables_that_it_reads(vigie: Vigie) -> None:
    shown = vigie("lineage", "conversion.attribution.weight").output
    assert "computed in Python by the statistics attribution from core.touch" in shown


def test_a_table_is_followed_to_tables(vigie: Vigie) -> None:
    found = names(json.loads(vigie("lineage", "kpi.site_network_daily", "--json").output))
    assert all(name.count(".") == 1 for name in found)
    assert found >= {"core.visit_day", "staging.matomo_visit_day"}


@pytest.mark.parametrize(
    ("form", "first", "edge"),
    [
        ("dot", "digraph lineage {", '"core.account_day.followers" -> "kpi.account_daily.followers";'),
        ("mermaid", "flowchart LR", 'n0["kpi.account_daily.followers"]'),
    ],
)
def test_it_can_be_drawn_elsewhere(vigie: Vigie, form: str, first: str, edge: str) -> None:
    lines = vigie("lineage", "kpi.account_daily.followers", "--to", form).output.splitlines()
    assert lines[0] == first
    assert edge in {line.strip() for line in lines}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("kpi.acount_daily.folowers", "kpi.account_daily.followers"),
        ("gross_margin", "conversion.margin_daily.gross_margin"),
        ("zzzz.qqqq", "vigie dictionary"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(vigie: Vigie, name: str, near: str) -> None:
    done = vigie("lineage", name)
    assert done.exit_code == 2
    assert near in done.output
    assert "vigie doctor" not in done.output
