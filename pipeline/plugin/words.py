"""What the plugin says, in the languages of the report."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "sources": "Sources",
        "report": "Report",
        "platform": "Platform",
        "account": "Account",
        "landed": "Last landed night",
        "loaded": "Last loaded night",
        "state": "State",
        "reason": "Why it is missing",
        "publication": "Readers see:",
        "night": "night",
        "generation": "generation",
        "nothing": "Nothing has been published yet: the report comes with the first night.",
        "now": "As of",
        "busy": "A night is being written: what was loaded is told when it is done.",
        "unknown": "–",
        "given_up": "given up after {minutes} min",
        "states": {"passed": "checked", "loaded": "not yet checked", "quarantined": "set aside"},
    },
    "fr": {
        "sources": "Sources",
        "report": "Rapport",
        "platform": "Plateforme",
        "account": "Compte",
        "landed": "Dernière nuit reçue",
        "loaded": "Dernière nuit chargée",
        "state": "État",
        "reason": "Pourquoi elle manque",
        "publication": "Les lecteurs voient :",
        "night": "nuit",
        "generation": "génération",
        "nothing": "Rien n’a encore été publié : le rapport vient avec la première nuit.",
        "now": "État du",
        "busy": "Une nuit est en cours d’écriture : ce qui a été chargé sera dit à la fin.",
        "unknown": "–",
        "given_up": "abandonnée après {minutes} min",
        "states": {
            "passed": "vérifié",
            "loaded": "pas encore vérifié",
            "quarantined": "mis de côté",
            "never loaded": "jamais chargé",
            "unknown while the warehouse is held": "inconnu pendant l’écriture",
        },
    },
}
