"""A brand pays for the platforms that it has: the others' staging is neither created nor read."""

from __future__ import annotations

import duckdb
import pytest

from pipeline import models
from pipeline.steps.gates import staging_relations
from tests.models.warehouse import MODELS, SOURCES, SQL, empty_warehouse


def test_only_the_known_platforms_are_staged_and_united() -> None:
    chosen = {model.relation: model for model in models.of_platforms(MODELS, {"facebook", "google_plus"})}
    staged = {name for name, model in chosen.items() if model.kind == "view"}
    assert {"staging.facebook_post", "staging.google_plus_post", "staging.post"} <= staged
    assert not [name for name in staged if "wordpress" in name or "mastodon" in name]
    assert chosen["staging.post"].depends_on == {"staging.facebook_post", "staging.google_plus_post"}
    assert "wordpress" not in chosen["staging.post"].sql


def test_every_other_model_stays_as_it_is() -> None:
    tables = [model for model in MODELS if model.kind == "table"]
    assert [model for model in models.of_platforms(MODELS, set()) if model.kind == "table"] == tables


def test_a_view_without_any_platform_has_the_columns_of_its_contract_and_no_row() -> None:
    con = empty_warehouse(duckdb.connect())
    chosen = models.of_platforms(MODELS, {"matomo"})
    models.build(con, chosen, models.rebuild_days(chosen, {}, None, full=True))
    whole = con.execute("describe staging.post_snapshot").fetchall()
    assert ("impressions", "BIGINT") in [(row[0], row[1]) for row in whole]
    assert con.execute("select count(*) from staging.post_snapshot").fetchone() == (0,)


@pytest.mark.parametrize("platform", sorted(SOURCES))
def test_a_gate_looks_at_what_is_staged_of_a_platform_and_nothing_else(platform: str) -> None:
    """A brand on X without advertising there has no view of its spend: the name alone does not tell."""
    contracts = {model.relation for model in MODELS if model.file.parent.name == "contract"}
    chosen = {model.relation for model in models.of_platforms(MODELS, {platform}) if model.kind == "view"}
    staged = {name for name in chosen - contracts if not name.endswith("_daily_stream")}
    assert set(staging_relations(SQL, {platform})) == staged


def test_two_platforms_of_which_one_begins_like_the_other_are_looked_at_once() -> None:
    found = staging_relations(SQL, {"x", "x_ads"})
    assert "staging.x_ads_spend_day" in found
    assert len(found) == len(set(found))
