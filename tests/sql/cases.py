"""SQL tests as data: what tables hold, which models run, which rows must come out.

A case is one YAML document: ``case`` (a sentence), ``given`` (relation → table of text), ``build`` (models,
in order; the first one's folder by default), ``from`` (a day: build only from there on), ``expect``
(relation → table of text). A table of text has a header and one row a line, cells between ``|``;
``NULL`` is NULL, ``''`` an empty text. Columns that are not named are NULL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Grid:
    """Columns and the texts of the cells, None for NULL."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True)
class Case:
    file: Path
    sentence: str
    given: Mapping[str, Grid]
    build: tuple[str, ...]
    since: date | None
    expect: Mapping[str, Grid]

    def __str__(self) -> str:
        return f"{self.file.parent.name}/{self.file.stem}: {self.sentence}"


def cases() -> Iterator[Case]:
    """Every case below this folder."""
    for file in sorted(HERE.glob("*/*.yml")):
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            yield case(file, document)


def case(file: Path, document: Mapping[str, Any]) -> Case:
    """One case. KeyError when it lacks a part, ValueError on one that is not known."""
    if unknown := document.keys() - {"case", "given", "build", "from", "expect"}:
        raise ValueError(f"{file.name}: unknown parts {sorted(unknown)}")
    expect = {name: grid(text) for name, text in document["expect"].items()}
    return Case(
        file,
        document["case"],
        {name: grid(text) for name, text in (document.get("given") or {}).items()},
        tuple(document.get("build", expect)),
        document.get("from"),
        expect,
    )


def grid(text: str) -> Grid:
    """Read a table of text. ValueError when a row has more or fewer cells than the header."""
    lines = [_cells(line) for line in text.splitlines() if line.strip()]
    header, rows = lines[0], lines[1:]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells under {len(header)} columns: {' | '.join(row)}")
    return Grid(tuple(header), tuple(tuple(_value(cell) for cell in row) for row in rows))


def _cells(line: str) -> list[str]:
    # Behind a backslash it is a sign of the text.
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)]


def _value(cell: str) -> str | None:
    if cell == "NULL":
        return None
    return "" if cell == "''" else cell
