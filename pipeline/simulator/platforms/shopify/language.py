"""So much of GraphQL as a shop's readers write: one operation, arguments, variables, fragments on a type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_TOKEN: Final = re.compile(
    r'\s*(?:,\s*)*(?:(?P<block>"""(?:[^"]|"(?!""))*""")|(?P<text>"(?:[^"\\]|\\.)*")|(?P<spread>\.\.\.)'
    r"|(?P<name>[_A-Za-z]\w*)|(?P<number>-?\d+(?:\.\d+)?)|(?P<sign>[{}()\[\]:!$=]))"
)


class SyntaxProblemError(ValueError):
    """What was sent is no query."""


@dataclass(frozen=True)
class Field:
    """One field that is asked for. ``on`` is the type of a fragment, whose name is "…"."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    selected: tuple[Field, ...] = ()
    on: str = ""


@dataclass(frozen=True)
class Operation:
    kind: str
    selected: tuple[Field, ...]


class _Reader:
    def __init__(self, text: str, variables: Mapping[str, Any]) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._variables = variables

    def operation(self) -> Operation:
        kind = "query"
        if self._peek()[0] == "name":
            kind = self._take()[1]
            if self._peek()[0] == "name":
                self._take()
            if self._peek()[1] == "(":
                self._skip_declarations()
        if kind not in {"query", "mutation"}:
            raise SyntaxProblemError(f"Expected query or mutation, got {kind}")
        found = Operation(kind, self._selection())
        if self._at != len(self._tokens):
            raise SyntaxProblemError("Expected one operation")
        return found

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self, wanted: str | None = None) -> tuple[str, str]:
        found = self._peek()
        if found[0] == "end" or (wanted is not None and found[1] != wanted):
            raise SyntaxProblemError(f"Expected {wanted or 'more'}, got {found[1] or 'the end'}")
        self._at += 1
        return found

    def _skip_declarations(self) -> None:
        while self._take()[1] != ")":
            pass

    def _selection(self) -> tuple[Field, ...]:
        self._take("{")
        found = []
        while self._peek()[1] != "}":
            found.append(self._field())
        self._take("}")
        return tuple(found)

    def _field(self) -> Field:
        kind, name = self._take()
        if kind == "spread":
            self._take("on")
            on = self._take()[1]
            return Field("…", {}, self._selection(), on)
        if kind != "name":
            raise SyntaxProblemError(f"Expected a field, got {name}")
        arguments: dict[str, Any] = {}
        if self._peek()[1] == "(":
            self._take("(")
            while self._peek()[1] != ")":
                argument = self._take()[1]
                self._take(":")
                arguments[argument] = self._value()
            self._take(")")
        return Field(name, arguments, self._selection() if self._peek()[1] == "{" else ())

    def _value(self) -> Any:
        kind, text = self._take()
        if text == "$":
            name = self._take()[1]
            if name not in self._variables:
                raise SyntaxProblemError(f"Variable ${name} was not provided")
            return self._variables[name]
        if kind == "block":
            return text[3:-3]
        if kind in {"text", "number"}:
            return json.loads(text)
        # true, false, null, or a word of an enumeration
        return {"true": True, "false": False, "null": None}.get(text, text)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip(" \t\r\n,"):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SyntaxProblemError(f"Unexpected character at {at}")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


def read(text: str, variables: Mapping[str, Any]) -> Operation:
    """The operation of a document, with the values of its variables. Raises SyntaxProblemError."""
    return _Reader(text, variables).operation()
