"""The ``[[experiments]]`` of the settings: what is settled before the first visit is counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from pipeline.settings import rules
from pipeline.settings.findings import shown
from pipeline.settings.shape import ACTIONS, Campaign, Experiment
from pipeline.settings.table import Table, near

Part = tuple[str, str | None]

_MOST_VISITS = 1_000_000_000
_HALF = Decimal("0.5")
_SPLITS = ("spend", "visits")
# A boost happens on a network: it has no visit that an arm could have brought.
_JUDGED_BY = tuple(action for action in ACTIONS if action != "social_boost")


def experiments(
    tables: Sequence[Table], campaigns: Collection[Campaign], platforms: Collection[str]
) -> tuple[Experiment, ...]:
    """What each ``[[experiments]]`` table declares; the faulty ones are told and left out."""
    found, seen = [], set[str]()
    for table in tables:
        one = _experiment(table, campaigns, platforms)
        if one is not None and one.name.casefold() in seen:
            table.fault("name", "another of the [[experiments]] has the same name")
        elif one is not None:
            seen.add(one.name.casefold())
            found.append(one)
    return tuple(found)


def _experiment(table: Table, campaigns: Collection[Campaign], platforms: Collection[str]) -> Experiment | None:
    before = len(table.findings)
    arms = _arms(table, campaigns, platforms)
    actions = table.texts("actions", rules.one_of("an action that visits can lead to", _JUDGED_BY))
    if not actions and not table.has("actions"):
        table.fault("actions", 'is missing: say by which actions the arms are judged, like ["sale"]')
    start, planned_end, ended = (_day(table, key, key != "ended") for key in ("start", "planned_end", "ended"))
    for key, day in (("planned_end", planned_end), ("ended", ended)):
        if start and day and day < start:
            table.fault(key, f"{day} is before the start, {start}")
    floors = Decimal(1) / max(len(arms), 1)
    found = Experiment(
        name=table.text("name"),
        actions=actions,
        arms=arms,
        start=start or date.min,
        planned_end=planned_end or date.max,
        minimum_visits=table.integer("minimum_visits", Experiment.minimum_visits, 1, _MOST_VISITS),
        alpha=table.ratio("alpha", Experiment.alpha, _HALF),
        split=table.optional_text("split", rules.one_of("a split", _SPLITS)) or Experiment.split,
        shares=_shares(table.table("shares"), list(arms)),
        ended=ended,
        budget=_budget(table),
        floor=table.ratio("floor", min(Experiment.floor, floors), floors),
    )
    table.done()
    return found if len(table.findings) == before else None


def _day(table: Table, key: str, is_needed: bool) -> date | None:
    if is_needed and not table.has(key):
        table.fault(key, "is missing: it is settled before the experiment starts")
    return table.day(key)


def _budget(table: Table) -> Decimal | None:
    budget = table.money("budget")
    if budget == 0:
        table.fault("budget", "is 0: say what may be spent in a night, or leave it out")
    return budget


def _arms(table: Table, campaigns: Collection[Campaign], platforms: Collection[str]) -> Mapping[str, tuple[Part, ...]]:
    arms = table.table("arms")
    found = {arm: tuple(_parts(arms, arm, campaigns, platforms)) for arm in arms.values}
    arms.done()
    if len(arms.values) < 2:
        table.fault("arms", "needs a control and at least one other arm, each with its campaigns or platforms")
    taken: dict[Part, str] = {}
    for arm, parts in found.items():
        for platform, campaign in parts:
            same = taken.get((platform, campaign)) or taken.get((platform, None))
            if campaign is None:
                same = same or next((other for (of, _), other in taken.items() if of == platform), None)
            if same is not None:
                what = campaign or platform
                arms.fault(arm, f"{shown(what)} is already in the arm {shown(same)}: no visit belongs to two arms")
            taken.setdefault((platform, campaign), arm)
    return found


def _parts(arms: Table, arm: str, campaigns: Collection[Campaign], platforms: Collection[str]) -> list[Part]:
    """Campaigns by their name or UTM name; what is none may be a platform, with all of its visits."""
    named = {name: c for c in campaigns for name in (c.utm_campaign, c.name)}
    found: list[Part] = []
    texts = arms.texts(arm)
    if not texts and isinstance(arms.values[arm], list):
        arms.fault(arm, "is empty: name the campaigns or platforms of the arm")
    for text in texts:
        if text in named:
            found.append((named[text].platform, named[text].utm_campaign.lower()))
        elif text in platforms:
            found.append((text, None))
        else:
            known = {*named, *platforms}
            arms.fault(arm, f"{shown(text)} is no campaign of the settings and no platform" + near(text, known))
    return found


def _shares(table: Table, arms: Sequence[str]) -> tuple[Decimal, ...]:
    given = {arm: table.ratio(arm, Decimal(1), Decimal(1_000_000)) for arm in arms if table.has(arm)}
    table.done()
    if given and len(given) < len(arms):
        missing = ", ".join(arm for arm in arms if arm not in given)
        table.fault(missing, "has no share: give one to every arm, or to none")
    return tuple(given[arm] for arm in arms) if len(given) == len(arms) else ()
