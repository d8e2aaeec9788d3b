"""The Graph API's ``fields`` language: ``id,reactions.limit(0).summary(true),insights.metric(a,b){name}``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache


class FieldsError(ValueError):
    """The text is not a list of fields."""


@dataclass(frozen=True)
class Field:
    """A field with its modifiers (``limit`` → ``0``) and the fields asked of what it leads to."""

    name: str
    modifiers: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Field, ...]:
    """All fields of the text. Raises FieldsError with the place where it stops making sense."""
    found, end = _fields(text, 0)
    if end != len(text):
        raise FieldsError(f"unexpected {text[end]!r} at character {end}")
    return found


def _fields(text: str, at: int) -> tuple[tuple[Field, ...], int]:
    found = []
    while True:
        one, at = _field(text, at)
        found.append(one)
        if at >= len(text) or text[at] != ",":
            return tuple(found), at
        at += 1


def _field(text: str, at: int) -> tuple[Field, int]:
    name, at = _word(text, at)
    modifiers: dict[str, str] = {}
    while at < len(text) and text[at] == ".":
        key, at = _word(text, at + 1)
        if at >= len(text) or text[at] != "(":
            raise FieldsError(f"no argument after .{key}")
        close = text.find(")", at)
        if close < 0:
            raise FieldsError(f"no end of the argument of .{key}")
        modifiers[key], at = text[at + 1 : close], close + 1
    inner: tuple[Field, ...] = ()
    if at < len(text) and text[at] == "{":
        inner, at = _fields(text, at + 1)
        if at >= len(text) or text[at] != "}":
            raise FieldsError("no closing brace")
        at += 1
    return Field(name, modifiers, inner), at


def _word(text: str, at: int) -> tuple[str, int]:
    end = at
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    if end == at:
        raise FieldsError(f"a name is missing at character {at}")
    return text[at:end], end
