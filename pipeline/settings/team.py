"""The ``[team]`` of the settings: when it works, and by which names the platforms know its members."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.settings import rules
from pipeline.settings.findings import shown
from pipeline.settings.shape import WEEKDAYS, Account, Member, Team
from pipeline.settings.table import Table, near
from pipeline.settings.values import Hours

# Nobody's work; no member may be called so.
UNATTRIBUTED = "unattributed"

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_A_DAY = 24 * 60
Scope = tuple[str, str | None]  # a platform, and one account of it or all of them (None)


@dataclass(frozen=True)
class _Known:
    """What the scopes of the members may name."""

    platforms: Collection[str]
    accounts: Sequence[Account]

    def complaint(self, text: str) -> str | None:
        platform, account = scope(text)
        if platform not in self.platforms:
            return f"{shown(platform)} is not a known platform" + near(platform, self.platforms)
        if account is not None and (platform, account) not in {(a.platform, a.id) for a in self.accounts}:
            names = [f"{a.platform}:{a.id}" for a in self.accounts if a.platform == platform]
            return f"{shown(text)} is not one of the accounts" + near(text, names)
        return None


def scope(text: str) -> Scope:
    """``wordpress`` or ``wordpress:journal`` as a platform and an account of it."""
    platform, _, account = text.partition(":")
    return platform, account or None


def team(table: Table, brand_zone: str, platforms: Collection[str], accounts: Sequence[Account]) -> Team:
    """The ``[team]`` table; without it the default hours in the brand's zone, and nobody by name."""
    days = table.texts("business_days", rules.one_of("a day of the week", WEEKDAYS))
    hours = table.texts("business_hours", _hours_complaint)
    found = Team(
        time_zone=table.optional_text("time_zone", rules.zone) or brand_zone,
        business_days=days if table.has("business_days") else Team.business_days,
        business_hours=_hours(table, hours) if table.has("business_hours") else Team.business_hours,
        members=_members(table, _Known(platforms, accounts)),
    )
    for key in ("business_days", "business_hours"):
        if table.values.get(key) == []:
            table.fault(key, "is empty: leave it out, or say when the team works")
    table.done()
    return found


def _hours_complaint(text: str) -> str | None:
    match = _HOURS.fullmatch(text)
    if match is None:
        return f'{shown(text)} must be hours of a day, like "09:00-12:30"'
    opens, closes = _minutes(match)
    if closes > _A_DAY:
        return f"{shown(text)} ends after the day, at 24:00"
    return None if opens < closes else f"{shown(text)} ends before it begins: hours past midnight are two entries"


def _minutes(match: re.Match[str]) -> Hours:
    first, second, third, fourth = map(int, match.groups())
    return first * 60 + second, third * 60 + fourth


def _hours(table: Table, texts: Sequence[str]) -> tuple[Hours, ...]:
    found = sorted(_minutes(match) for text in texts if (match := _HOURS.fullmatch(text)))
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        table.fault("business_hours", "overlap: an hour counts once")
    return tuple(found)


def _members(table: Table, known: _Known) -> tuple[Member, ...]:
    found, names, taken = [], set[str](), _Taken()
    for entry in table.tables("members"):
        member = Member(
            name=entry.text("name", _name_complaint),
            authors=_authors(entry, known, taken),
            accounts=entry.texts("accounts", known.complaint),
        )
        if member.name.casefold() in names:
            entry.fault("name", "another of the [[team.members]] has the same name")
        names.add(member.name.casefold())
        for text in member.accounts:
            taken.take(entry, "accounts", scope(text), None)
        entry.done()
        found.append(member)
    return tuple(found)


def _name_complaint(name: str) -> str | None:
    return f"{shown(name)} is what nobody's work is called" if name.casefold() == UNATTRIBUTED else None


def _authors(entry: Table, known: _Known, taken: _Taken) -> Mapping[str, tuple[str, ...]]:
    """By platform or account the names under which the member writes there."""
    authors = entry.table("authors")
    found = {}
    for text in authors.values:
        if complaint := known.complaint(text):
            authors.fault(text, complaint)
        found[text] = authors.texts(text)
        for author in found[text]:
            taken.take(authors, text, scope(text), author)
    authors.done()
    return found


class _Taken:
    """Who is already somebody: one author of a platform is one member."""

    def __init__(self) -> None:
        self._scopes: dict[tuple[str, str | None], set[str | None]] = {}

    def take(self, table: Table, key: str, of: Scope, author: str | None) -> None:
        platform, account = of
        taken = self._scopes.setdefault((platform, author), set())
        if account in taken or (taken and (account is None or None in taken)):
            what = "the account" if author is None else shown(author)
            table.fault(key, f"{what} is already another's on {platform}")
        taken.add(account)


def authors_of(team: Team) -> Iterator[tuple[str, str | None, str | None, str]]:
    """Platform, account (None: all), author (None: where the platform names none) and the member it is."""
    for member in team.members:
        for text, authors in member.authors.items():
            for author in authors:
                yield *scope(text), author, member.name
        for text in member.accounts:
            yield *scope(text), None, member.name
