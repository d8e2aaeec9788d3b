"""The tree keeps its promises: data walks one way, heavy libraries stay where they belong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOOR = {"pipeline", "errors", "durable"}
GROUND = {"http", "paging", "records", "streams", "settings"}
STAGES = {
    "sources",
    "landing",
    "warehouse",
    "quality",
    "models",
    "registry",
    "publish",
    "report",
    "alerts",
    "stats",
    "lineage",
}
VERBS = {"steps", "doctor"}
DOORS = {"cli", "demo"}
# What Airflow finds in the package by itself, and the DAG uses too.
PLUGIN = {"plugin"}

# Only these places may import these libraries.
HOMES = {
    "duckdb": ("pipeline/warehouse/",),
    "great_expectations": ("pipeline/quality/",),
    "airflow": ("dags/", "pipeline/plugin/"),
    "fastapi": ("pipeline/plugin/",),
}


def imports_of(source: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import that runs (annotations under TYPE_CHECKING do not)."""
    tree = ast.parse(source)
    guarded = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for child in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            if node.module in {"pipeline", "pipeline.sources"}:
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def part_of(path: str) -> str:
    """``pipeline/warehouse/lock.py`` belongs to ``warehouse``; ``dags/nightly.py`` to ``dags``."""
    parts = Path(path).with_suffix("").parts
    if parts[0] == "dags":
        return "dags"
    return parts[1] if len(parts) > 1 and parts[1] != "__init__" else "pipeline"


def allowed_parts(part: str) -> set[str]:
    """What a part may import: itself and everything below it, never a sibling."""
    below: set[str] = set(FLOOR)
    if part in GROUND:
        return below | GROUND
    if part in STAGES:
        # The registry of metrics is read by the models that publish it; some tables are made by statistics.
        return below | GROUND | {part} | ({"registry", "stats"} if part == "models" else set())
    if part in VERBS:
        return below | GROUND | STAGES | VERBS
    if part in DOORS:
        return below | GROUND | VERBS | DOORS | {"sources", "simulator"}
    if part == "dags" or part in PLUGIN:
        return below | GROUND | VERBS | PLUGIN | {"sources"} | ({"dags", "simulator"} if part == "dags" else set())
    return {"pipeline", part}


def violations(path: str, source: str) -> list[str]:
    part, found = part_of(path), []
    for line, name in imports_of(source):
        top, _, rest = name.partition(".")
        if top in HOMES and not path.startswith(HOMES[top]):
            found.append(f"{path}:{line}: only {HOMES[top][0]} imports {top}")
        if top == "dags" and part != "dags":
            found.append(f"{path}:{line}: nothing imports dags")
        target = rest.split(".")[0] if top == "pipeline" and rest != "__version__" else ""
        if target and target not in allowed_parts(part):
            found.append(f"{path}:{line}: {part} must not import {target}")
    return found


def code() -> list[Path]:
    return sorted([*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("dags/**/*.py")])


def test_imports_go_one_way() -> None:
    found = [v for file in code() for v in violations(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("pipeline/http.py", "from pipeline.warehouse import load"),
        ("pipeline/landing.py", "from pipeline import publish"),
        ("pipeline/sources/facebook.py", "import duckdb"),
        ("pipeline/steps/night.py", "from great_expectations import ExpectationSuite"),
        ("pipeline/errors.py", "from pipeline.settings import Settings"),
        ("pipeline/simulator/world.py", "from pipeline.landing import write"),
        ("pipeline/models.py", "import dags.nightly"),
        ("dags/nightly.py", "from pipeline.warehouse import open_warehouse"),
        ("pipeline/cli.py", "def f():\n    from airflow.sdk import dag"),
        ("pipeline/cli/show.py", "from pipeline.plugin import pages"),
        ("pipeline/plugin/pages.py", "from pipeline import publish"),
        ("pipeline/doctor/brand.py", "from fastapi import FastAPI"),
    ],
)
def test_a_planted_violation_is_found(path: str, source: str) -> None:
    assert violations(path, source)


def test_every_part_of_the_package_has_its_place_in_the_order() -> None:
    known = FLOOR | GROUND | STAGES | VERBS | DOORS | PLUGIN | {"simulator"}
    parts = {part_of(file.relative_to(ROOT).as_posix()) for file in code()} - {"dags"}
    assert parts <= known


# Read from a file that a person has: nobody plays an archive, and there is no night to ask for.
FILES_OF_PEOPLE = ("files", "google_plus")
# The brand's own: what is played is who sends to it.
SENT_BY_FORMS = ("inbox",)


def stem_files(platform: str) -> dict[str, list[Path]]:
    """Everything that a platform consists of, by what it is."""
    parts = [
        "pipeline/sources/{}*",
        "sql/staging/{}_*.sql",
        "expectations/staging.{}_*.json",
        "tests/sources/test_{}*.py",
        "tests/fixtures/{}/*",
    ]
    if platform not in FILES_OF_PEOPLE:
        parts += [
            "tests/sources/nights/{}.py",
            f"pipeline/simulator/platforms/{{}}/{'form' if platform in SENT_BY_FORMS else 'face'}.py",
            "pipeline/simulator/truth/platforms/{}.py",
            "pipeline/simulator/world/**/{}.py",
        ]
    named = [part.format(platform) for part in parts]
    return {name: list(ROOT.glob(name)) for name in named}


def platforms() -> list[str]:
    # A name that begins with an underscore is a part that sources share.
    alone = [file.stem for file in ROOT.glob("pipeline/sources/*.py")]
    with_parts = [file.parent.name for file in ROOT.glob("pipeline/sources/*/__init__.py")]
    return sorted(name for name in alone + with_parts if not name.startswith("_"))


@pytest.mark.parametrize("platform", platforms())
def test_a_platform_has_every_file_of_its_stem(platform: str) -> None:
    missing = [what for what, files in stem_files(platform).items() if not files]
    assert missing == []


def test_a_platform_without_its_files_is_told_which_are_missing() -> None:
    assert len([what for what, files in stem_files("no_such_platform").items() if not files]) == 9
