"""The recipes of the manual, as a person would follow them: which file gets what, which command prints what.

A fenced block belongs to the last line before it that ends with a colon and names a file: ``path`` alone is a new
file, or more of an old one (settings); ``Under `key:` in `path` `` is put below that key. A block of ``console``
holds commands, each with lines that it must print.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HEADING = re.compile(r"^(#+) (.+)$")
_FENCE = re.compile(r"^```(\w*)$")
_PLACE = re.compile(r"(?:under `(?P<key>\w+):?` in )?`(?P<path>[\w./]+\.\w+)`:$", re.IGNORECASE)


@dataclass(frozen=True)
class Written:
    """Text that goes into a file; ``key``: below that key of it."""

    path: str
    text: str
    key: str | None

    def into(self, folder: Path) -> None:
        """Do what the manual says; AssertionError where the file has no such key."""
        file = folder / self.path
        file.parent.mkdir(parents=True, exist_ok=True)
        if self.key is None:
            before = file.read_text(encoding="utf-8") + "\n" if file.suffix == ".toml" else ""
            file.write_text(before + self.text, encoding="utf-8")
        elif file.suffix == ".json":
            known = json.loads(file.read_text(encoding="utf-8"))
            known[self.key].append(json.loads(self.text))
            file.write_text(json.dumps(known), encoding="utf-8")
        else:
            text = file.read_text(encoding="utf-8")
            assert text.count(f"\n{self.key}:\n") == 1, f"{self.path} has no key {self.key}"
            file.write_text(text.replace(f"\n{self.key}:\n", f"\n{self.key}:\n{self.text}"), encoding="utf-8")


@dataclass(frozen=True)
class Command:
    """``vigie`` with these words must print these lines, whatever stands between them."""

    words: tuple[str, ...]
    lines: tuple[str, ...]


def steps(manual: str, title: str) -> Iterator[Written | Command]:
    """What to do under the heading ``title``, in order. KeyError where there is no such heading."""
    place: re.Match[str] | None = None
    lines = iter(_section(manual, title))
    for line in lines:
        if (fence := _FENCE.match(line)) is None:
            place = _PLACE.search(line) or (place if not line.strip() else None)
            continue
        block: list[str] = []
        for inside in lines:
            if inside == "```":
                break
            block.append(inside)
        if fence[1] == "console":
            yield from _commands(block)
        else:
            assert place is not None, f"{title}: where does the block go that begins with {block[0]!r}?"
            yield Written(place["path"], "\n".join(block) + "\n", place["key"])
        place = None


def _section(manual: str, title: str) -> list[str]:
    lines = manual.splitlines()
    headings = list(_headings(lines))
    start, level = {name: (i, level) for i, level, name in headings}[title]
    end = next((i for i, other, _ in headings if i > start and other <= level), len(lines))
    return lines[start + 1 : end]


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Line, level and text of each; a comment in a block of code is none."""
    inside = False
    for i, line in enumerate(lines):
        inside ^= line.startswith("```")
        if not inside and (heading := _HEADING.match(line)):
            yield i, len(heading[1]), heading[2]


def _commands(block: list[str]) -> Iterator[Command]:
    words: tuple[str, ...] = ()
    told: list[str] = []
    for line in [*block, "$ "]:
        if not line.startswith("$ "):
            told.append(" ".join(line.split()))
            continue
        if words:
            yield Command(words, tuple(line for line in told if line and line != "…"))
        first, *rest = line[2:].partition("#")[0].split() or ("",)
        assert first in {"vigie", ""}, f"the recipes only call vigie: {line}"
        words, told = tuple(rest), []
