"""How results and progress look: tables and JSON on standard output, everything else on standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

_PIPED = 200
# Everything that a terminal would obey, but the line break: platforms' words are shown here too.
_OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def out() -> Console:
    from rich.console import Console

    # A pipe has no width; a narrow guess would fold words that a script looks for.
    return Console(file=sys.stdout, highlight=False, emoji=False, width=None if sys.stdout.isatty() else _PIPED)


def aside() -> Console:
    """The console for progress and remarks; it never mixes with a result that is piped on."""
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False, emoji=False)


def note(text: str) -> None:
    from rich.text import Text

    aside().print(Text("note:  ", style="yellow") + Text(inert(text)), soft_wrap=True)


def short(text: str, most: int) -> str:
    """The text, or as much of it as ``most`` signs hold."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def inert(text: str) -> str:
    """The text with every sign that a terminal would obey made visible as U+FFFD."""
    return _OBEYED.sub("\ufffd", text)


def as_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, default=_plain, indent=2, ensure_ascii=False) + "\n")


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    state: str | None = None,
    right: Collection[str] = (),
) -> None:
    """A table of plain values; the column named ``state`` is coloured by what it says.

    Numbers stand to the right, and what stands in the columns ``right``.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=any(columns))
    numbers = [all(isinstance(row[place], (int, float)) for row in rows) for place in range(len(columns))]
    for name, number in zip(columns, numbers, strict=True):
        to_the_right = name in right or (number and rows)
        drawn.add_column(name, justify="right" if to_the_right else "left", overflow="fold")
    for row in rows:
        cells = [Text(_words(value)) for value in row]
        for name, cell in zip(columns, cells, strict=True):
            if name and name == state:
                cell.stylize(STYLES.get(cell.plain, ""))
        drawn.add_row(*cells)
    console = out()
    with console.capture() as lines:
        console.print(Text(title, style="bold"))
        console.print(drawn)
    # Cells are padded to their column; in a file or a log that is only noise.
    sys.stdout.write("\n".join(line.rstrip() for line in lines.get().splitlines()).rstrip() + "\n\n")


def exit_codes(meanings: Mapping[int, str]) -> None:
    """A panel like those of the help that it stands under."""
    from rich.console import Console
    from rich.panel import Panel
    from rich.table import Table

    drawn = Table.grid(padding=(0, 2))
    for code, meaning in meanings.items():
        drawn.add_row(f"[bold cyan]{code}[/]", meaning)
    # As wide as the help above it, which is never piped to a script.
    Console(file=sys.stdout, highlight=False, emoji=False).print(
        Panel(drawn, title="Exit codes", title_align="left", border_style="dim")
    )


def amount(value: Any, digits: int = 0) -> str:
    """A number with its thousands apart; a dash for what nobody knows."""
    return "–" if value is None else f"{value:,.{digits}f}"


def percent(value: Any) -> str:
    """A ratio as a percentage; a dash for what nobody knows."""
    return "–" if value is None else f"{value:.2%}"


def _words(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else inert(str(value))


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[str], None]]:
    """A bar on standard error; the function that is given moves it by one and names what is done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    count = () if total is None else (BarColumn(), MofNCompleteColumn())
    words = TextColumn("{task.description}", markup=False)
    with Progress(SpinnerColumn(), words, *count, TimeElapsedColumn(), console=aside(), transient=True) as bar:
        task = bar.add_task(what, total=total)

        def done(name: str) -> None:
            bar.update(task, advance=1, description=f"{what} {name}")

        yield done


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (Path, Decimal)):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (tuple, set, frozenset)):
        return sorted(value) if isinstance(value, (set, frozenset)) else list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
