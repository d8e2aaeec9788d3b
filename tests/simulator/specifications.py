"""The platforms' own machine-readable contracts, where they lie beside the project; tests skip where they do not."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "specs"
# What a Graph API specification calls a type, and what its answers are made of.
GRAPH_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "datetime": str,
    "bool": bool,
    "int": (int, str),
    "unsigned int": int,
    "Object": (dict, int),
    "list": list,
}


@cache
def _read(name: str) -> dict[str, Any] | None:
    file = FOLDER / name
    if not file.is_file():
        return None
    text = file.read_text(encoding="utf-8")
    return dict(yaml.safe_load(text) if file.suffix in {".yml", ".yaml"} else json.loads(text))


def document(name: str) -> dict[str, Any]:
    """A specification (``mastodon/openapi_schema.json``). Skips the test where the folder is absent."""
    found = _read(name)
    if found is None:
        pytest.skip(f"there is no specification {name} here")
    return found


def described(specification: dict[str, Any], path: str, status: str = "200") -> dict[str, Any]:
    """The schema of what GET ``path`` answers with that status, or with any other that has none of its own."""
    replies = specification["paths"][path]["get"]["responses"]
    kinds = replies[status if status in replies else "default"]["content"]
    kind = "application/problem+json" if status != "200" and "application/problem+json" in kinds else "application/json"
    return dict(kinds[kind]["schema"])


def complaints(specification: dict[str, Any], path: str, answer: object, status: str = "200") -> list[str]:
    """What an answer to GET ``path`` has that the OpenAPI document does not allow, or lacks; empty when it is true."""
    schema = described(specification, path, status)
    validator = Draft202012Validator({**schema, "components": specification["components"]})
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(answer)]


def graph_fields(name: str) -> dict[str, str]:
    """The fields of an object of the Graph API (``IGMedia``), each with the name of its type."""
    return {field["name"]: field["type"] for field in document(f"meta/{name}.json")["fields"]}


def graph_complaints(name: str, row: dict[str, Any], edges: frozenset[str] = frozenset()) -> list[str]:
    """Fields that an object of that kind does not have, and those of another type. ``edges``: lists beside them."""
    fields = graph_fields(name)
    found = [f"{name} has no {field}" for field in row if field not in fields and field not in edges]
    for field, value in row.items():
        expected = GRAPH_TYPES.get(fields.get(field, ""))
        if expected and not isinstance(value, expected):
            found.append(f"{field}: {value!r} is no {fields[field]}")
    return found
