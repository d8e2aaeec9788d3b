"""The parts of the manual that the code knows better: ``python -m tests.manual.generated`` writes them into README.md.

They stand between ``<!-- NAME: written by make manual -->`` and ``<!-- end of NAME -->``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from pipeline import sources
from pipeline.cli import app
from pipeline.settings import example

README = Path(__file__).resolve().parent.parent.parent / "README.md"


def commands() -> str:
    """Every command with its first line of help and its example, as a table."""
    rows = ["| command | what it does | for example |", "|---|---|---|"]
    rows += [
        f"| `{name}` | {what} | `{sample}` |" for name, what, sample in _leaves(typer.main.get_command(app), "vigie")
    ]
    return "\n".join(rows)


def _leaves(command: Any, name: str) -> Iterator[tuple[str, str, str]]:
    if inner_commands := getattr(command, "commands", None):
        for word, inner in inner_commands.items():
            yield from _leaves(inner, f"{name} {word}")
        return
    what = " ".join((command.help or "").partition("\n\n")[0].split())
    yield name, what.replace("|", "\\|"), (command.epilog or "").partition("Example: ")[2].splitlines()[0]


def settings() -> str:
    """What ``vigie init`` writes: every key, what it means, its default."""
    return f"```toml\n{example({name: sources.module(name) for name in sources.names()}).rstrip()}\n```"


def written(manual: str) -> str:
    """The manual with its generated parts as the code has them now. ValueError where a mark is missing."""
    for name, text in (("commands", commands()), ("settings", settings())):
        first, last = f"<!-- {name}: written by make manual -->", f"<!-- end of {name} -->"
        marked = re.compile(f"{re.escape(first)}.*?{re.escape(last)}", re.DOTALL)
        if len(marked.findall(manual)) != 1:
            raise ValueError(f"{README.name} must have {first} … {last} once")
        new = f"{first}\n\n{text}\n\n{last}"
        manual = marked.sub(lambda _, new=new: new, manual)  # type: ignore[misc]
    return manual


def main() -> None:
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
