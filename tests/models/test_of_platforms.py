"""A brand pays for the platforms that it has: the others' staging is neither created nor read."""

from __future__ import annotations

import duckdb

from pipeline import models
from tests.models.warehouse import MODELS, empty_warehouse


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
