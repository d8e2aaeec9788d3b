"""Texts of others made inert: no channel may turn them into markup, a link, or a call of people.

Chats read Markdown, Slack's and Telegram's dialects of it, HTML, or all of them; and none can be told in every one
of its settings not to. So the few signs that any of them obeys are replaced by others that look alike. An address
loses the sign that makes it one. What chats make a link of by its ending alone (``example.org``) stays readable, and
in those chats a link to a bare host.
"""

from __future__ import annotations

import re

LONGEST = 300
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LOOKS_ALIKE = str.maketrans(
    {
        "<": "‹",
        ">": "›",
        "[": "(",
        "]": ")",
        "*": "∗",
        "`": "ˋ",
        "~": "∼",
        "|": "∣",
        "@": "＠",
        "#": "＃",
        "&": "＆",
        "\\": "∖",
    }
)
# Underscores within words mean themselves everywhere but in the oldest of Telegram's dialects.
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])")
_EMOJI = re.compile(r":(?=[A-Za-z0-9_+-]+:)")
_ADDRESS = re.compile(r"(?i)\b(https?|ftps?|mailto|javascript|data|tel|file|slack|tg|ms-[a-z]+):")


def inert(text: str) -> str:
    """One short line in which nothing is live."""
    line = _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))
    line = _ADDRESS.sub(r"\1∶", line).translate(_LOOKS_ALIKE)
    line = _EMPHASIS.sub(lambda found: "＿" * len(found[0]), line)
    line = _EMOJI.sub("∶", line)
    line = re.sub(" +", " ", line).strip(" ")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
