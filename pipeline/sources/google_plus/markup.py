"""HTML from anywhere as tags and text, in time that grows with its length and no faster.

The standard library's parser needs minutes for a hundred kilobytes that were made to keep it busy.
Here nothing is looked at twice: a tag or comment that never ends takes the rest of the page with it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]*)")
_END_OR_QUOTE = re.compile(r"""[>"']""")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
# Their content is no text of the page.
_OPAQUE = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title")}
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(frozen=True)
class Text:
    """Text between tags, its character references resolved."""

    text: str


@dataclass(frozen=True)
class Start:
    """A start tag. Of an attribute that comes twice the first counts, as in browsers."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())

    @property
    def is_void(self) -> bool:
        """Whether the element never has an end tag."""
        return self.name in _VOID


@dataclass(frozen=True)
class End:
    """An end tag."""

    name: str


Token = Text | Start | End


def tokens(page: str) -> Iterator[Token]:
    """The page from its first sign to its last."""
    place = 0
    while (sign := page.find("<", place)) >= 0:
        if sign > place:
            yield Text(unescaped(page[place:sign]))
        name = _NAME.match(page, sign)
        if name is not None:
            end = _tag_end(page, name.end())
            if end < 0:
                return
            token = _tag(page[sign : end + 1], name[1].lower(), name.end() - sign)
            yield token
            place = _after(page, end + 1, token)
        elif page.startswith(("<!", "<?"), sign):
            close = "-->" if page.startswith("<!--", sign) else ">"
            end = page.find(close, sign + 2)
            place = end + len(close) if end >= 0 else -1
        else:
            yield Text("<")
            place = sign + 1
        if place < 0:
            return
    if place < len(page):
        yield Text(unescaped(page[place:]))


def unescaped(text: str) -> str:
    """With character references resolved; as it stands where one is a number that nobody can read."""
    try:
        return html.unescape(text)
    except ValueError:
        return text


def _tag(tag: str, name: str, names_end: int) -> Start | End:
    if tag.startswith("</"):
        return End(name)
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag, names_end, len(tag) - 1):
        value = match[2] or ""
        found.setdefault(match[1].lower(), unescaped(value[1:-1] if value[:1] in ('"', "'") else value))
    return Start(name, found)


def _tag_end(page: str, place: int) -> int:
    """Where the tag's ``>`` is, outside of quotes; -1 where it has none."""
    while match := _END_OR_QUOTE.search(page, place):
        if match[0] == ">":
            return match.start()
        close = page.find(match[0], match.end())
        if close < 0:
            return -1
        place = close + 1
    return -1


def _after(page: str, place: int, token: Token) -> int:
    """Where reading goes on: behind the content of a script, a style or a title; -1 where that has no end."""
    closing = _OPAQUE.get(token.name) if isinstance(token, Start) else None
    if closing is None:
        return place
    match = closing.search(page, place)
    return match.start() if match else -1
