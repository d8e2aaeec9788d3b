"""The report's words in English and French (``words.yml``), and how it writes numbers, money and days."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

MISSING: Final = "–"
NARROW, MINUS = "\u202f", "\u2212"
LANGUAGES: Final = ("en", "fr")


@cache
def words() -> Mapping[str, Sequence[str]]:
    """Every sentence by its key: English, French. Lists of words are written with ``|`` between them."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = Path(__file__).with_name("words.yml").read_text(encoding="utf-8")
    found: dict[str, Sequence[str]] = yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders
    return found


def speaker(language: str) -> Callable[..., str]:
    """A function that gives a sentence in ``language``, its gaps filled; a key without a sentence is given back."""
    at = 1 if language == "fr" else 0
    known = words()

    def say(key: str, **gaps: object) -> str:
        text = known[key][at] if key in known else key
        return text.format(**gaps) if gaps else text

    return say


@dataclass(frozen=True)
class Writer:
    """How a language writes values; None is always a dash."""

    language: str
    currency: str

    def number(self, value: Any, digits: int = 0) -> str:
        if value is None:
            return MISSING
        text = f"{Decimal(value) if isinstance(value, int) else value:,.{digits}f}"
        if text.lstrip("-").strip("0.,") == "":
            text = text.lstrip("-")
        if self.language == "fr":
            text = text.replace(",", NARROW).replace(".", ",")
        return text.replace("-", MINUS)

    def percent(self, value: Any, digits: int = 1) -> str:
        if value is None:
            return MISSING
        return self.number(value * 100, digits) + (f"{NARROW}%" if self.language == "fr" else "%")

    def money(self, value: Any, digits: int = 2) -> str:
        return MISSING if value is None else f"{self.number(value, digits)}\u00a0{self.currency}"

    def day(self, value: date | datetime | None) -> str:
        if value is None:
            return MISSING
        return value.strftime("%d/%m/%Y") if self.language == "fr" else value.strftime("%Y-%m-%d")

    def signed(self, text: str) -> str:
        """A written value with its sign, so that a change is seen as one."""
        return text if text[:1] in {MINUS, MISSING} else f"+{text}"


def filters(language: str, currency: str) -> dict[str, Callable[..., str]]:
    """Jinja filters: ``number``, ``percent``, ``money``, ``day``."""
    write = Writer(language, currency)
    return {"number": write.number, "percent": write.percent, "money": write.money, "day": write.day}
