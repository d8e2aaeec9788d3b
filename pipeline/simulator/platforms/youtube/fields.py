"""Google's ``fields`` language for partial answers: ``nextPageToken,items(id,snippet/title)``."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pipeline.simulator.platforms.youtube.errors import refuse

# Name → the selection within it; empty: all of it.
Selection = dict[str, Any]


def picked(document: Any, fields: str | None) -> Any:
    """The document reduced to what ``fields`` names. Raises GoogleError where the text is no selection."""
    if fields is None:
        return document
    selection, end = _selection(fields, 0)
    if end != len(fields):
        raise refuse("invalidParameter", f"Invalid field selection {fields}")
    return _cut(document, selection)


def _cut(value: Any, selection: Selection) -> Any:
    if not selection:
        return value
    if isinstance(value, list):
        return [_cut(each, selection) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _cut(value[name], inner) for name, inner in selection.items() if name in value}


@lru_cache(maxsize=64)
def _selection(text: str, at: int) -> tuple[Selection, int]:
    found: Selection = {}
    while True:
        end = at
        while end < len(text) and text[end] not in ",()":
            end += 1
        names = text[at:end].split("/")
        if not all(names):
            raise refuse("invalidParameter", f"Invalid field selection {text}")
        inner: Selection = {}
        if end < len(text) and text[end] == "(":
            inner, end = _selection(text, end + 1)
            if end >= len(text) or text[end] != ")":
                raise refuse("invalidParameter", f"Invalid field selection {text}")
            end += 1
        for name in reversed(names[1:]):
            inner = {name: inner}
        found[names[0]] = inner
        if end >= len(text) or text[end] != ",":
            return found, end
        at = end + 1
