"""Where an export's table begins and which of its columns is which of ours.

The header is searched for, because title lines stand above it; the delimiter or sheet is the one under
which most of the mapping's names are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.errors import ConfigError, FileRefused
from pipeline.sources.files.mapping import LANGUAGES, ExportMapping
from pipeline.sources.files.opening import NAMES, Opened, Row
from pipeline.sources.files.values import Cell, plain

# A header stands within so many rows, or there is none.
MOST_TITLES = 100
_MOST_SHOWN = 12
_MOST_LETTERS = 40


@dataclass(frozen=True)
class Layout:
    """A table's header, understood. ``places``: column of ours → its place among the cells.

    ``language`` is None where the names could be of several. ``ignored``: names of which nothing is
    kept, ``unused`` those of them that the mapping knows.
    """

    part: str
    line: int
    headers: tuple[str, ...]
    places: Mapping[str, int]
    language: str | None
    ignored: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Name in the file and column of ours, in the order of the file."""
        return tuple((self.headers[place], target) for target, place in sorted(self.places.items(), key=_place))


def _place(item: tuple[str, int]) -> int:
    return item[1]


def find_layout(opened: Opened, mapping: ExportMapping, sheet: str | None = None) -> Layout:
    """The table that the mapping speaks of. FileRefused says what was looked for and what is there."""
    best: Layout | None = None
    seen: list[Row] = []
    fault: FileRefused | None = None
    for part in _candidates(opened, mapping, sheet):
        rows: list[Row] = []
        try:
            rows.extend(islice(opened.rows(part), MOST_TITLES))
        except FileRefused as error:
            # A header above the fault is one all the same: reading on says what the fault is.
            fault = fault or error
        found = next((layout for row in rows if (layout := layout_of(row, mapping, part))), None)
        if found and (best is None or len(found.places) > len(best.places)):
            best = found
        if sum(len(cells) for _, cells in rows) > sum(len(cells) for _, cells in seen):
            seen = rows
    if best:
        return best
    if fault and not seen:
        raise fault
    raise FileRefused(_not_found(opened, mapping, seen))


def _candidates(opened: Opened, mapping: ExportMapping, sheet: str | None) -> Sequence[str]:
    if opened.kind == "text":
        return opened.parts
    if sheet is not None:
        if sheet not in opened.parts:
            raise ConfigError(f"--sheet {sheet}: {opened.path.name} has {', '.join(opened.parts)}")
        return (sheet,)
    wanted = {plain(name) for name in mapping.sheets}
    return tuple(part for part in opened.parts if plain(part) in wanted) or opened.parts


def layout_of(row: Row, mapping: ExportMapping, part: str) -> Layout | None:
    """The row as the mapping's header; None where it is none. FileRefused where a name stands twice."""
    line, cells = row
    names = [plain(cell) if isinstance(cell, str) else "" for cell in cells]
    language = _language(names, mapping)
    places: dict[str, int] = {}
    for target, by_language in mapping.columns.items():
        found = next((name for name in _preferred(by_language, language) if name in names), None)
        if found is None:
            continue
        if names.count(found) > 1:
            raise FileRefused(f"line {line}: two columns are called {shown(cells[names.index(found)])}")
        places[target] = names.index(found)
    if any(target not in places for target in mapping.needed):
        return None
    if not mapping.titles and not any(metric in places for metric in mapping.metrics):
        return None
    used = set(places.values())
    ignored = tuple(str(cell) for place, cell in enumerate(cells) if place not in used and names[place])
    return Layout(
        part=part,
        line=line,
        headers=tuple("" if cell is None else str(cell).strip() for cell in cells),
        places=places,
        language=language,
        ignored=ignored,
        unused=tuple(name for name in ignored if plain(name) in mapping.unused),
    )


def _language(names: Iterable[str], mapping: ExportMapping) -> str | None:
    """The one language in which most names are found; None where two have as many."""
    there = set(names)
    scores = {
        language: sum(not there.isdisjoint(each.get(language, ())) for each in mapping.columns.values())
        for language in LANGUAGES
    }
    most = max(scores.values())
    best = [language for language, score in scores.items() if score == most]
    return best[0] if len(best) == 1 else None


def _preferred(by_language: Mapping[str, tuple[str, ...]], language: str | None) -> Iterable[str]:
    """Names in their order of preference, those of the language first."""
    for each in sorted(by_language, key=lambda each: each != language):
        yield from by_language[each]


def _not_found(opened: Opened, mapping: ExportMapping, rows: Sequence[Row]) -> str:
    """What was looked for, and the row that is likest to a header."""
    wanted = "; ".join(
        f"{target}: {' or '.join(dict.fromkeys(name for names in mapping.columns[target].values() for name in names))}"
        for target in mapping.needed
    )
    known = {name for each in mapping.columns.values() for names in each.values() for name in names}
    likest = max(rows, key=lambda row: _likeness(row[1], known), default=None)
    there = f"line {likest[0]} has {listed(map(shown, likest[1]))}" if likest else "it has no rows"
    return (
        f"{opened.path.name}: no table of the export {mapping.name} in it. Looked for {wanted}, with a column of "
        f"numbers; {there}. Where your export has other names, add them to a copy of {mapping.file} and give that: "
        "--mapping mine.yml"
    )


def _likeness(cells: Sequence[Cell], known: set[str]) -> tuple[int, int]:
    texts = [plain(cell) for cell in cells if isinstance(cell, str)]
    return sum(text in known for text in texts), len([text for text in texts if text])


def shown(cell: Cell) -> str:
    """A cell in a sentence: short, on one line, between quotes."""
    text = " ".join(str("" if cell is None else cell).split())
    return f"“{text[:_MOST_LETTERS]}{'…' if len(text) > _MOST_LETTERS else ''}”"


def listed(texts: Iterable[str]) -> str:
    """The first few of many."""
    every = list(texts)
    more = f" and {len(every) - _MOST_SHOWN} more" if len(every) > _MOST_SHOWN else ""
    return ", ".join(every[:_MOST_SHOWN]) + more


def part_named(opened: Opened, part: str) -> str:
    """The delimiter or the sheet, in words."""
    return NAMES.get(part, repr(part)) if opened.kind == "text" else part
