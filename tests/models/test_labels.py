"""What a column is called and means is told in both languages, and as narrowly as its table means it."""

from __future__ import annotations

from pipeline import registry
from tests.models.warehouse import SQL

REGISTRY = registry.read(SQL / "metrics.yml")


def test_a_column_has_its_label_in_each_language() -> None:
    assert REGISTRY.label("kpi.account_daily", "followers", "en") == "Followers"
    assert REGISTRY.label("kpi.account_daily", "followers", "fr") == "Nombre d'abonnés"
    assert REGISTRY.label("kpi.account_daily", "platform", "fr") == "Plateforme"


def test_a_table_that_narrows_a_metric_tells_its_own_definition() -> None:
    everywhere = REGISTRY.definition("kpi.account_daily", "impressions", "en")
    of_a_post = REGISTRY.definition("kpi.post", "impressions", "en")
    assert everywhere is not None
    assert everywhere.startswith("Times that something was shown")
    assert of_a_post == "Times that the post was shown, over its lifetime."


def test_what_is_not_defined_has_neither() -> None:
    assert REGISTRY.label("kpi.post", "sparkle", "fr") is None
    assert REGISTRY.definition("kpi.post", "sparkle", "en") is None
