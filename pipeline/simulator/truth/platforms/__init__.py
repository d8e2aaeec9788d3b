"""What each platform said in the nights, one module each, found by its name.

A module gives ``KIND``, ``RESTATEMENT_DAYS``, ``DAILY`` (its streams that have something new every
day) and ``read``, which takes in everything that the nights tell of one account.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from pipeline.simulator.truth.facts import Facts
    from pipeline.simulator.truth.observations import Unit
    from pipeline.simulator.truth.terms import AccountTerms, Terms
    from pipeline.simulator.world import World


class Platform(Protocol):
    """What the module of a platform gives."""

    KIND: str
    RESTATEMENT_DAYS: int
    DAILY: frozenset[str]

    @staticmethod
    def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms, /) -> None: ...


@cache
def platform(name: str) -> Platform:
    """The platform of that name. Raises ValueError where the truth knows none."""
    module = f"{__name__}.{name}"
    try:
        return cast("Platform", import_module(module))
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise ValueError(f"the truth knows no platform {name!r}") from None
