"""The registry defines every column of every mart, in both languages, with its parts beside a ratio."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipeline import registry
from pipeline.errors import ConfigError
from pipeline.registry import Registry
from tests.models.warehouse import MODELS, SQL, columns_of, empty_warehouse

REGISTRY = registry.read(SQL / "metrics.yml")
MARTS = [model for model in MODELS if model.relation.startswith(("kpi.", "conversion."))]
Columns = dict[str, list[str]]


@pytest.fixture(scope="module")
def columns() -> Columns:
    """Mart → its columns."""
    every = columns_of(empty_warehouse(duckdb.connect()))
    return {mart.relation: every[mart.relation] for mart in MARTS}


def undefined(definitions: Registry, tables: Columns) -> list[str]:
    return [
        f"{table}.{name}" for table, names in tables.items() for name in names if not definitions.knows(table, name)
    ]


def parts_elsewhere(definitions: Registry, tables: Columns) -> list[str]:
    """Ratios whose numerator or denominator is no column of the same table."""
    return [
        f"{table}.{name}: {part}"
        for table, names in tables.items()
        for name in names
        if (metric := definitions.metric(table, name)) is not None and metric.elsewhere is None
        for part in (metric.numerator, metric.denominator)
        if part is not None and part not in names
    ]


def test_every_column_of_every_mart_is_defined(columns: Columns) -> None:
    assert undefined(REGISTRY, columns) == []


def test_a_column_without_a_definition_is_found(columns: Columns) -> None:
    planted = columns | {"kpi.post": [*columns["kpi.post"], "sparkle"]}
    assert undefined(REGISTRY, planted) == ["kpi.post.sparkle"]


def test_nothing_is_defined_that_no_mart_has(columns: Columns) -> None:
    used = {name for names in columns.values() for name in names}
    assert (REGISTRY.metrics.keys() | REGISTRY.dimensions.keys()) - used == set()
    every = columns_of(empty_warehouse(duckdb.connect()))
    for table, entries in REGISTRY.tables.items():
        assert set(entries) <= set(every[table]), table


def test_a_ratio_stands_beside_its_parts(columns: Columns) -> None:
    assert parts_elsewhere(REGISTRY, columns) == []


def test_a_ratio_without_its_parts_is_found(columns: Columns) -> None:
    planted = columns | {"kpi.site_daily": [name for name in columns["kpi.site_daily"] if name != "bounces"]}
    assert parts_elsewhere(REGISTRY, planted) == ["kpi.site_daily.bounce_rate: bounces"]


def test_a_metric_knows_what_each_platform_calls_it_and_when() -> None:
    native = [each for each in REGISTRY.metrics["followers"].native if each.platform == "facebook"]
    assert [(each.name, each.valid_from, each.valid_to) for each in native] == [
        ("page_fans", None, date(2025, 11, 14)),
        ("page_follows", date(2025, 11, 15), None),
    ]


def test_the_seeds_have_a_row_for_each_metric_and_one_for_each_native_name() -> None:
    names, rows = registry.native_rows(REGISTRY)
    natives = [dict(zip(names, row, strict=True)) for row in rows]
    assert [r["native_name"] for r in natives if (r["name"], r["platform"]) == ("reach", "facebook")] == [
        "post_impressions_unique",
        "post_total_media_view_unique",
    ]
    names, rows = registry.definition_rows(REGISTRY)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    assert len(found) == len({row["name"] for row in found})
    assert [r["additivity"] for r in found if r["name"] == "conversion.daily.visits"] == ["none"]
    assert not [r["name"] for r in found if str(r["name"]).startswith(("core.", "staging."))]


def entry(**changed: object) -> dict[str, Any]:
    known = {
        "label_en": "A",
        "label_fr": "A",
        "description": "A.",
        "description_fr": "A.",
        "unit": "count",
        "additivity": "sum",
    }
    return {key: value for key, value in (known | changed).items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"label_fr": None}, "label_fr is missing"),
        ({"label_en": ""}, "label_en is missing"),
        ({"description": None}, "description is missing"),
        ({"description_fr": " "}, "description_fr is missing"),
        ({"additivity": "maybe"}, "additivity must be one of"),
        ({"unit": "ratio"}, "must name its numerator and denominator"),
        ({"labels": "x"}, "unknown keys"),
        ({"native": [{"name": "likes"}]}, "unknown keys"),
    ],
)
def test_a_bad_entry_is_named_with_its_fault(tmp_path: Path, changed: dict[str, object], complaint: str) -> None:
    file = tmp_path / "metrics.yml"
    file.write_text(yaml.safe_dump({"metrics": {"sparkle": entry(**changed)}}), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"metrics.yml: sparkle: .*{complaint}"):
        registry.read(file)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("sparkle: [{documentation: 'https://x.example'}]", "x.yml: sparkle: name is missing"),
        ("sparkle: [{name: a, documentation: b, platform: y}]", "x.yml: sparkle: unknown keys"),
        ("glitter: [{name: a, documentation: b}]", "x.yml: glitter is no metric"),
        (
            "sparkle: [{name: a, documentation: b}, {name: c, documentation: b, valid_from: 2026-01-01}]",
            "x.yml: sparkle: 'a' and 'c' are valid on the same days",
        ),
        (
            "sparkle: [{name: a, documentation: b, valid_from: 2026-01-02, valid_to: 2026-01-01}]",
            "x.yml: sparkle: 'a' ends before it begins",
        ),
    ],
)
def test_a_bad_native_name_is_told_with_its_file(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "metrics.yml"
    file.write_text(yaml.safe_dump({"metrics": {"sparkle": entry()}}), encoding="utf-8")
    (tmp_path / "natives").mkdir()
    (tmp_path / "natives/x.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=complaint):
        registry.read(file)


@pytest.mark.parametrize("alone", ["description", "description_fr", "label_en", "label_fr"])
def test_a_table_narrows_a_meaning_in_both_languages(tmp_path: Path, alone: str) -> None:
    file = tmp_path / "metrics.yml"
    content = {"metrics": {"sparkle": entry()}, "tables": {"kpi.post": {"sparkle": {alone: "Less."}}}}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"kpi.post.sparkle says .* together"):
        registry.read(file)


def test_a_name_is_a_metric_or_a_dimension(tmp_path: Path) -> None:
    file = tmp_path / "metrics.yml"
    both = {"label_en": "A", "label_fr": "A", "description": "A.", "description_fr": "A."}
    file.write_text(yaml.safe_dump({"metrics": {"a": entry()}, "dimensions": {"a": both}}), encoding="utf-8")
    with pytest.raises(ConfigError, match="both metric and dimension"):
        registry.read(file)


def test_what_is_a_dimension_elsewhere_says_all_that_it_is_in_a_table(tmp_path: Path) -> None:
    """The night's `expected` is a flag; that of an anomaly is a number."""
    file = tmp_path / "metrics.yml"
    flag = {"label_en": "A", "label_fr": "A", "description": "A.", "description_fr": "A."}
    content = {"dimensions": {"a": flag}, "tables": {"kpi.post": {"a": entry(label_en="Number")}}}
    file.write_text(yaml.safe_dump({"metrics": {}} | content), encoding="utf-8")
    known = registry.read(file)
    assert known.label("kpi.post", "a", "en") == "Number"
    assert known.metric("kpi.coverage_daily", "a") is None
    content["tables"] = {"kpi.post": {"a": {"unit": "people"}}}
    file.write_text(yaml.safe_dump({"metrics": {}} | content) + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="a: label_en is missing"):
        registry.read(file)


def test_networks_have_lower_case_names_of_one_network_each(tmp_path: Path) -> None:
    assert registry.read_networks(SQL / "networks.yml")["t.co"] == "x"
    file = tmp_path / "networks.yml"
    for text in ("x: [Twitter]", "x: [t.co]\ny: [t.co]"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match="lower case and belong to one network"):
            registry.read_networks(file)


def test_no_column_of_a_mart_has_an_abbreviation_that_needs_a_glossary(columns: Columns) -> None:
    every = [name for names in columns.values() for name in names]
    assert registry.abbreviations(REGISTRY, every) == set(), "spell it out, or explain it under words"
    assert set(REGISTRY.words) <= {part for name in every for part in name.split("_")}, "words that no name has"


def test_an_abbreviation_is_found() -> None:
    assert registry.abbreviations(REGISTRY, ["followers", "acq_cost", "qty_sold"]) == {"acq", "qty", "sold"}
