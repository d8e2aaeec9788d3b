"""What the page of the sources says, in the languages of the report."""

from __future__ import annotations

WORDS = {
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
    },
}
