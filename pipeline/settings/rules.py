"""Rules for single values: each takes a text and says what is wrong with it, or None."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from pipeline.settings.findings import shown
from pipeline.settings.shape import ACTIONS, LANGUAGES
from pipeline.settings.table import Rule, near

_ZONE = re.compile(r"(?!posix/|right/|localtime|posixrules|Factory)[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MEMORY = re.compile(r"[1-9][0-9]{0,5}(\.[0-9]{1,3})? ?([KMGT]i?B)")
_MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_PEOPLE = re.compile(r"[FMU]\.(\d{2}-\d{2}|65\+)|age\.(\d{2}-\d{2}|65\+)|gender\.[FMU]")
_PLACE = re.compile(r"country\.[A-Z]{2}|city\.\S.*")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?")
_CRON_FIELDS = 5


def zone(name: str) -> str | None:
    """A name of the IANA time zone database."""
    try:
        if _ZONE.fullmatch(name):
            ZoneInfo(name)
            return None
    except (KeyError, ValueError, OSError):
        pass
    return f"{shown(name)} is not a time zone" + near(name, available_timezones())


def currency(code: str) -> str | None:
    """An ISO 4217 code."""
    return None if _CURRENCY.fullmatch(code) else 'must be three capitals, like "EUR"'


def country(code: str) -> str | None:
    """An ISO 3166 code whose holidays are known, with a part of the country behind a hyphen where one is meant."""
    from holidays import list_supported_countries  # slow to import, seldom needed

    name, _, part = code.partition("-")
    known = list_supported_countries(include_aliases=False)
    if name not in known:
        return f"{shown(code)} is not a country whose holidays are known" + near(name, known)
    if part and part not in known[name]:
        return f"{shown(part)} is not a part of {name} with holidays of its own" + near(part, known[name])
    return None


def language(code: str) -> str | None:
    return None if code in LANGUAGES else f"must be one of {', '.join(LANGUAGES)}"


def action(name: str) -> str | None:
    return None if name in ACTIONS else f"{shown(name)} is not an action" + near(name, ACTIONS)


def memory(amount: str) -> str | None:
    """A DuckDB amount of memory."""
    return None if _MEMORY.fullmatch(amount) else 'must be an amount of memory, like "2GB"'


def mail(address: str) -> str | None:
    return None if _MAIL.fullmatch(address) else 'must be a mail address, like "ops@example.org"'


def host(name: str) -> str | None:
    return None if _HOST.fullmatch(name) else 'must be a host name, like "smtp.example.org"'


def one_of(what: str, names: Collection[str]) -> Rule:
    """The rule that a text is one of ``names``."""
    return lambda name: None if name in names else f"{shown(name)} is not {what}" + near(name, names)


def cron(line: str) -> str | None:
    """Five cron fields, or @daily and the like. Read by the library that Airflow reads them with."""
    from croniter import croniter  # slow to import, seldom needed

    complaint = f'{shown(line)} is not a cron line like "0 4 * * *"'
    if not line.startswith("@") and len(line.split()) != _CRON_FIELDS:
        return complaint
    try:
        # 29 February is the rarest day that can come; a line like "0 4 31 2 *" never does.
        croniter(line, datetime(2024, 1, 1, tzinfo=UTC), max_years_between_matches=8).get_next(datetime)
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return complaint
    return None


def segment(name: str) -> str | None:
    """A part of an audience: women of 25 to 34, everybody of that age, all women, a country, a city."""
    if segment_dimension(name):
        return None
    return (
        f'{shown(name)} is not a segment: write "F.25-34", "age.25-34", "gender.F", "country.FR" or'
        ' "city.Nantes, Pays de la Loire", as the platform names them'
    )


def segment_dimension(name: str) -> str | None:
    """The trait by which a segment is told from the others, as staging names it; None for what is no segment.

    Age and gender are one trait: the platform tells them together.
    """
    if _PEOPLE.fullmatch(name):
        return "age,gender"
    return name.partition(".")[0] if _PLACE.fullmatch(name) else None
