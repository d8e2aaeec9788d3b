"""Experiments that somebody declared badly, each on campaigns of its own beside one that is sound."""

from __future__ import annotations

from typing import Final

FIRST, START, END = "2026-10-20", "2026-11-01", "2026-11-20"
# Each experiment's arms; what has a price a day is spent on.
_ARMS: Final = {
    "sound": ("one", "two"),
    "late": ("three", "four"),
    "changed": ("five", "six"),
    "ended": ("seven", "eight"),
    "shared": ("nine", "ten"),
    "sharing": ("nine", "eleven"),
    "unpaid": ("twelve", "free"),
}
_STARTS: Final = {"late": FIRST}
_MORE: Final = {"ended": f"ended = {START}\n"}
_CAMPAIGNS: Final = dict.fromkeys(arm for arms in _ARMS.values() for arm in arms)


def _campaign(name: str) -> str:
    price = "" if name == "free" else 'daily_cost = "10.00"\n'
    return f'\n[[campaigns]]\nname = "{name}"\nutm_campaign = "{name}"\nplatform = "linkedin"\n{price}'


def _experiment(name: str) -> str:
    control, other = _ARMS[name]
    return (
        f'\n[[experiments]]\nname = "{name}"\nstart = {_STARTS.get(name, START)}\nplanned_end = {END}\n'
        f'actions = ["sale"]\narms = {{ {control} = ["{control}"], {other} = ["{other}"] }}\n{_MORE.get(name, "")}'
    )


TABLES: Final = "".join((*map(_campaign, _CAMPAIGNS), *map(_experiment, _ARMS)))


def changed(settings: str) -> str:
    """The settings with another end of the experiment ``changed``."""
    before = _experiment("changed")
    assert before in settings
    return settings.replace(before, before.replace(END, "2026-11-25"))
