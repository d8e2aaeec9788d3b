"""How LinkedIn's advertising fails: as all of LinkedIn does; and money that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pipeline.simulator.distortions import on_success, string_numbers
from pipeline.simulator.face import Args, Distortion, Refusal
from pipeline.simulator.platforms.linkedin.faults import DISTORTIONS as PAGES
from pipeline.simulator.platforms.linkedin.faults import REFUSALS as OF_PAGES

_MONEY: Final = ("costInLocalCurrency", "costInUsd")


def _spending(change: Callable[[str], str]) -> Distortion:
    def bend(document: Any, args: Args) -> Any:
        del args
        if not isinstance(document, dict) or not isinstance(document.get("elements"), list):
            return document
        rows = [{**row, **{n: change(row[n]) for n in _MONEY if n in row}} for row in document["elements"]]
        return {**document, "elements": rows}

    return on_success(bend)


REFUSALS: Mapping[str, Refusal] = OF_PAGES
DISTORTIONS: Mapping[str, Distortion] = {
    **{kind: PAGES[kind] for kind in ("empty_page", "short_page", "missing_next")},
    "string_numbers": string_numbers(),
    "negative_spend": _spending(lambda told: f"-{told}"),
    "absurd_spend": _spending(lambda _: "99999999999999"),
}
