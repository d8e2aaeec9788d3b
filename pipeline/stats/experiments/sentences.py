"""What is said of an experiment, in English and French: why it has its verdict, and what its design can prove."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple


class Sentence(NamedTuple):
    """One statement in both languages; a reason begins with a small letter and has no full stop."""

    english: str
    french: str


DESIGN = {
    "spend": Sentence(
        "Slices of a budget, not randomised persons: platforms choose whom they show an arm to, so a difference "
        "may come from the audience as well as from the arm.",
        "Des tranches de budget, et non des personnes tirées au sort : les plateformes choisissent à qui elles "
        "montrent un bras, donc une différence peut venir du public autant que du bras.",
    ),
    "visits": Sentence(
        "Visits dealt out to the arms at random; a person who comes twice may see both arms.",
        "Des visites réparties au hasard entre les bras ; une personne qui vient deux fois peut voir les deux.",
    ),
}


def listed(reasons: Sequence[Sentence]) -> Sentence:
    """All of them, one after the other."""
    return Sentence("; ".join(one.english for one in reasons), " ; ".join(one.french for one in reasons))


def better(arm: str, beaten: str | None) -> Sentence:
    """``beaten`` is None for every other arm."""
    return Sentence(
        f"{arm} is better than {beaten or 'every other arm'} by an interval that holds at every look",
        f"{arm} fait mieux que {beaten or 'tous les autres bras'}, selon un intervalle valable à chaque regard",
    )


def stopped(ended: date, planned: date) -> Sentence:
    return Sentence(
        f"ended early on {ended} without a winner, planned was {planned}",
        f"arrêtée avant terme le {ended} sans gagnant, la fin prévue était le {planned}",
    )


def too_few_yet(visits: int, least: int, end: date) -> Sentence:
    return Sentence(
        f"an arm has {visits} of {least} visits; ends on {end}",
        f"un bras a {visits} visites sur {least} ; fin le {end}",
    )


def nothing_excluded_yet(end: date) -> Sentence:
    return Sentence(f"no interval excludes 0 yet; ends on {end}", f"aucun intervalle n’exclut encore 0 ; fin le {end}")


def too_few(visits: int, least: int) -> Sentence:
    return Sentence(
        f"over with {visits} visits in an arm, its minimum is {least}",
        f"terminée avec {visits} visites dans un bras, le minimum est {least}",
    )


NOTHING_EXCLUDED = Sentence(
    "over, and no interval excludes 0; a difference too small to detect may be there",
    "terminée, et aucun intervalle n’exclut 0 ; il peut y avoir une différence trop petite pour être vue",
)
NEGATIVE_SPEND = Sentence("the spend of an arm is negative", "la dépense d’un bras est négative")


def more_conversions_than_visits(arm: str) -> Sentence:
    return Sentence(f"{arm} has more conversions than visits", f"{arm} a plus de conversions que de visites")


def without_spend(arm: str) -> Sentence:
    return Sentence(f"{arm} has no spend", f"rien n’a été dépensé pour {arm}")


def uneven(split: str, p: float, least: float) -> Sentence:
    what = "de la dépense" if split == "spend" else "des visites"
    return Sentence(
        f"the split of the {split} over the arms is not the planned one (p {p:.2g}, below {least})",
        f"la répartition {what} entre les bras n’est pas celle prévue (p {p:.2g}, sous {least})",
    )


def declared_late(night: date) -> Sentence:
    return Sentence(
        f"it was declared on {night}, after its start: what is settled after looking proves nothing",
        f"elle a été déclarée le {night}, après son début : ce qui est décidé après avoir regardé ne prouve rien",
    )


CHANGED = Sentence(
    "its declaration was changed: a changed declaration is a new experiment and needs a new name",
    "sa déclaration a été modifiée : une déclaration modifiée est une nouvelle expérience et demande un nouveau nom",
)


def shared(parts: Sequence[str], other: str) -> Sentence:
    return Sentence(
        f"{', '.join(parts)} is also in the experiment {other} on the same days",
        f"{', '.join(parts)} est aussi dans l’expérience {other} les mêmes jours",
    )
