"""What a column is called and means is told in both languages, and as narrowly as its table means it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest
import yaml

from pipeline import registry
from pipeline.errors import ConfigError
from pipeline.registry import LANGUAGES
from pipeline.report.words import speaker
from tests.models.warehouse import SQL
from tests.quality.clean_brand import EXPECTATIONS, build, marts, stage

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


ENUMERATED = re.compile(r"(\w+) not in \(('[^)]*')\)")


def enumerated() -> dict[str, set[str]]:
    """Column → the words that the suites of the marts allow in it."""
    found: dict[str, set[str]] = {}
    for file in EXPECTATIONS.glob("*.json"):
        for each in json.loads(file.read_text("utf-8"))["expectations"]:
            asked = each["kwargs"].get("unexpected_rows_query", "")
            if not file.stem.startswith("staging."):
                for column, words in ENUMERATED.findall(asked):
                    found.setdefault(column, set()).update(re.findall(r"'([^']*)'", words))
                if "value_set" in each["kwargs"]:
                    found.setdefault(each["kwargs"]["column"], set()).update(each["kwargs"]["value_set"])
    return found


def unlabelled(known: registry.Registry, words: dict[str, set[str]]) -> list[str]:
    return sorted(
        f"{column}: {word} ({language})"
        for column, several in words.items()
        for word in several
        for language in LANGUAGES
        if not known.value_label(column, word, language)
    )


def test_every_word_that_a_suite_allows_in_a_column_has_a_label_in_each_language() -> None:
    assert len(enumerated()) >= 6
    assert unlabelled(REGISTRY, enumerated()) == []


def test_a_word_without_its_label_is_found() -> None:
    assert unlabelled(REGISTRY, {"status": {"confirmed", "lost"}}) == ["status: lost (en)", "status: lost (fr)"]


def test_what_the_marts_say_of_a_clean_brand_has_a_label() -> None:
    con = build(stage(duckdb.connect()))
    names = set(registry.read_networks(SQL / "networks.yml").values())
    names |= {name for (name,) in con.execute("select member from seed.team_author").fetchall()}
    said: dict[str, set[str]] = {}
    for mart in marts():
        for (column,) in con.execute(f"select column_name from (describe {mart})").fetchall():
            if column in REGISTRY.values:
                rows = con.execute(f"select distinct {column} from {mart} where {column} is not null").fetchall()
                said.setdefault(column, set()).update({word for (word,) in rows} - names)
    assert {"action", "status", "step", "channel", "model", "verdict", "period_kind"} <= said.keys()
    assert unlabelled(REGISTRY, said) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_calls_an_action_or_a_step_what_the_registry_calls_it(language: str) -> None:
    say = speaker(language)
    for column in ("action", "step"):
        assert {word: say(word) for word in REGISTRY.values[column]} == {
            word: REGISTRY.value_label(column, word, language) for word in REGISTRY.values[column]
        }


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"status": {"lost": {"label_en": "Lost"}}}, "status lost: label_fr is missing"),
        ({"sparkle": {"on": {"label_en": "On", "label_fr": "Oui"}}}, "values of what is no dimension"),
    ],
)
def test_a_value_is_labelled_in_both_languages_and_of_a_dimension(
    tmp_path: Path, values: dict[str, object], complaint: str
) -> None:
    both = {"label_en": "A", "label_fr": "A", "description": "A.", "description_fr": "A."}
    file = tmp_path / "metrics.yml"
    file.write_text(yaml.safe_dump({"dimensions": {"status": both}, "values": values}), encoding="utf-8")
    with pytest.raises(ConfigError, match=complaint):
        registry.read(file)
