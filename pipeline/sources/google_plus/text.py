"""The words of a post without its tags, and without the names of the people whom it mentions."""

from __future__ import annotations

import re

from pipeline.sources.google_plus.markup import End, Start, Text, Token, tokens

_SPACES = re.compile(r"[ \t\r\n\f]+")
_ENDS_A_LINE = frozenset({"br", "p", "div", "li"})
_MENTION = "proflink"
SOMEBODY = "…"


class Words:
    """Collects text as a browser would show it; a mentioned person's name becomes an ellipsis."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._in_mention = False

    def take(self, token: Token) -> None:
        """The next piece of the page."""
        if isinstance(token, Text):
            if not self._in_mention:
                self._parts.append(_SPACES.sub(" ", token.text))
        elif isinstance(token, End):
            self._in_mention = self._in_mention and token.name != "a"
        elif token.name in _ENDS_A_LINE:
            self._parts.append("\n")
        elif _is_mention(token):
            self._parts.append(SOMEBODY)
            self._in_mention = True

    def text(self) -> str | None:
        """Everything so far, None where it is nothing."""
        lines = (line.strip() for line in "".join(self._parts).split("\n"))
        return "\n".join(lines).strip() or None


def plain(markup: str | None) -> str | None:
    """The text of a piece of HTML; None where there is none."""
    words = Words()
    for token in tokens(markup or ""):
        words.take(token)
    return words.text()


def _is_mention(tag: Start) -> bool:
    return tag.name == "a" and _MENTION in tag.classes
