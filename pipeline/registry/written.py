"""The data dictionary as Markdown or as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple
from html import escape
from typing import Final

from pipeline.registry.definitions import Registry
from pipeline.registry.pages import Page, Table, names, pages, word

_COLUMNS: Final = ("column", "label", "unit", "additivity", "meaning", "natives")
_NAMES: Final = ("metric", "platform", "name", "from", "to", "source")
_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;color-scheme:light dark}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid;padding:.25rem .5rem;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}"
)
Rows = Sequence[Sequence[str]]


def markdown(registry: Registry, tables: Iterable[Table], language: str) -> str:
    """The whole dictionary as Markdown."""
    parts = [f"# {word('title', language)}", word("rules", language)]
    for page in pages(registry, tables, language):
        parts += [f"## {page.name}", page.row, _grid(_heads(_COLUMNS, language), _lines(page))]
    parts += [f"## {word('names', language)}", _grid(_heads(_NAMES, language), _names(registry, "<{}>"))]
    return "\n\n".join(parts) + "\n"


def html(registry: Registry, tables: Iterable[Table], language: str) -> str:
    """The whole dictionary as a page that needs nothing else."""
    title = escape(word("title", language))
    parts = [f"<h1>{title}</h1><p>{escape(word('rules', language))}</p>"]
    for page in pages(registry, tables, language):
        parts.append(f"<h2>{escape(page.name)}</h2><p>{escape(page.row)}</p>")
        parts.append(_table(_heads(_COLUMNS, language), _lines(page)))
    parts.append(
        f"<h2>{escape(word('names', language))}</h2>{_table(_heads(_NAMES, language), _names(registry, '{}'))}"
    )
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


FORMATS: Final[Mapping[str, Callable[[Registry, Iterable[Table], str], str]]] = {"md": markdown, "html": html}


def _heads(keys: Iterable[str], language: str) -> list[str]:
    return [word(key, language) for key in keys]


def _lines(page: Page) -> Rows:
    return [(line.column, *astuple(line)[1:]) for line in page.lines]


def _names(registry: Registry, address: str) -> Rows:
    return [
        (
            *(name, native.platform, native.name),
            *(str(day) if day else "" for day in (native.valid_from, native.valid_to)),
            address.format(native.documentation),
        )
        for name, native in names(registry)
    ]


def _grid(heads: Sequence[str], rows: Rows) -> str:
    """A table of Markdown; the first cell of a row is code."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for first, *rest in rows:
        cells = (f"`{first}`", *(cell.replace("|", "\\|") for cell in rest))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _table(heads: Sequence[str], rows: Rows) -> str:
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join(f"<tr>{_row(first, rest)}</tr>" for first, *rest in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(first: str, rest: Iterable[str]) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
    return f'<th scope="row"><code>{escape(first)}</code></th>{cells}'
