"""The words of an alert, in English and French, as plain text: no markup, so none can be smuggled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST = 400

WORDS = {
    "en": {
        "broken": "{brand}: the night of {night} is broken",
        "over": "{brand}: mended on the night of {night}",
        "since": "since the night of {since}",
        "look": "look further: {look}",
        "ended": "Over: {key} (since the night of {since})",
        "readers": "Readers keep the last complete tables.",
        "report": "Report: {report}",
    },
    "fr": {
        "broken": "{brand} : la nuit du {night} a échoué",
        "over": "{brand} : rétabli la nuit du {night}",
        "since": "depuis la nuit du {since}",
        "look": "pour en savoir plus : {look}",
        "ended": "Terminé : {key} (depuis la nuit du {since})",
        "readers": "Les lecteurs gardent les dernières tables complètes.",
        "report": "Rapport : {report}",
    },
}


@dataclass(frozen=True)
class Message:
    """A subject of one line and a text; ``broken`` says whether anything is still wrong."""

    subject: str
    text: str
    broken: bool
    night: date
    brand: str


def compose(
    findings: list[tuple[str, str, str]],
    over: list[tuple[str, str]],
    *,
    brand: str,
    night: date,
    language: str,
    report: str,
) -> Message:
    """``findings``: sentence, command, first night; ``over``: key and first night of what has ended."""
    words = WORDS.get(language, WORDS["en"])
    subject = words["broken" if findings else "over"].format(brand=plain(brand), night=night)
    lines = []
    for sentence, look, since in findings:
        lines.append(f"- {plain(sentence)} ({words['since'].format(since=since)})")
        lines.append(f"  {words['look'].format(look=plain(look))}")
    lines += [f"- {words['ended'].format(key=plain(key), since=since)}" for key, since in over]
    if findings:
        lines.append(words["readers"])
    lines.append(words["report"].format(report=plain(report)))
    return Message(subject, "\n".join(lines), bool(findings), night, brand)


def plain(text: str) -> str:
    """One short line without control or direction marks."""
    line = CONTROL.sub(" ", text.replace("\n", " ").replace("\t", " "))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
