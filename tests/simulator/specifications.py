"""The platforms' own machine-readable contracts, where they lie beside the project; tests skip where they do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "specs"


def document(name: str) -> dict[str, Any]:
    """A specification (``mastodon/openapi_schema.json``). Skips the test where the folder is absent."""
    file = FOLDER / name
    if not file.is_file():
        pytest.skip(f"there is no specification {name} here")
    return dict(json.loads(file.read_text(encoding="utf-8")))


def complaints(specification: dict[str, Any], path: str, answer: object, status: str = "200") -> list[str]:
    """What an answer to GET ``path`` has that the OpenAPI document does not allow, or lacks; empty when it is true."""
    replies = specification["paths"][path]["get"]["responses"]
    schema = replies[status]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": specification["components"]})
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(answer)]
