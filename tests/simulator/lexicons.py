"""Answers against the lexicons of the AT Protocol, where they lie beside the project.

Only what a lexicon says of an answer is checked: required properties, types, references, unions, bounds of lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from tests.simulator.specifications import FOLDER, document

TYPES: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list}


def complaints(query: str, answer: object) -> list[str]:
    """What an answer of ``app.bsky.feed.getPosts`` has that its lexicon does not allow, or lacks."""
    schema = _lexicon(query)["defs"]["main"]["output"]["schema"]
    return list(_check(schema, answer, query, query))


def _lexicon(name: str) -> dict[str, Any]:
    return document(f"bluesky/{name.replace('.', '/')}.json")


def _check(schema: dict[str, Any], value: Any, inside: str, at: str) -> Iterator[str]:
    kind = schema["type"]
    if kind == "ref":
        yield from _referred(schema["ref"], value, inside, at)
    elif kind == "union":
        yield from _union(schema["refs"], value, inside, at)
    elif kind == "object":
        yield from _object(schema, value, inside, at)
    elif kind in TYPES:
        if not isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, bool)):
            yield f"{at}: {value!r} is no {kind}"
        elif kind == "array":
            for number, each in enumerate(cast("list[Any]", value)):
                yield from _check(schema["items"], each, inside, f"{at}/{number}")


def _object(schema: dict[str, Any], value: Any, inside: str, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is no object"
        return
    known = schema.get("properties", {})
    yield from (f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, each in value.items():
        if name in known:
            yield from _check(known[name], each, inside, f"{at}/{name}")
        elif name != "$type":
            yield f"{at}: nobody knows {name}"


def _referred(reference: str, value: Any, inside: str, at: str) -> Iterator[str]:
    name, _, part = reference.partition("#")
    if name and not (FOLDER / f"bluesky/{name.replace('.', '/')}.json").is_file():
        return  # a lexicon that is not kept here
    definition = _lexicon(name or inside)["defs"].get(part or "main")
    if definition is not None:
        yield from _check(definition, value, name or inside, at)


def _union(references: list[str], value: Any, inside: str, at: str) -> Iterator[str]:
    """A member says by ``$type`` which one it is."""
    told = value.get("$type") if isinstance(value, dict) else None
    known = {
        reference if not reference.startswith("#") else f"{inside}{reference}": reference for reference in references
    }
    if told not in known:
        yield f"{at}: {told!r} is none of {sorted(known)}"
        return
    yield from _referred(known[told], value, inside, at)
