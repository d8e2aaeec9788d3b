"""The words of alerts, in English and French. Every value put into them is made inert first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.alerts.inert import inert

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # What happened, by rule.
    "expectation_critical": ("{whose} was set aside", "{whose} a été mis de côté"),
    "expectation_blocked": (
        "{table} failed {expectation}: nothing was published",
        "{table} ne satisfait pas {expectation} : rien n’a été publié",
    ),
    "expectation_warning": (
        "{table} failed {expectation}, which only warns",
        "{table} ne satisfait pas {expectation}, simple avertissement",
    ),
    "of_column": ("{expectation} of {column}", "{expectation} de {column}"),
    "source_failed": ("{whose} is missing", "{whose} manque"),
    "not_fetched": ("it was not fetched", "rien n’a été demandé"),
    "source_late": (
        "{whose} answers, but its newest day is {newest}: {nights} nights without a newer one",
        "{whose} répond, mais son dernier jour est le {newest} : {nights} nuits sans jour plus récent",
    ),
    "step_failed": ("the step {step} failed", "l’étape {step} a échoué"),
    "task_failed": ("the task {step} failed", "la tâche {step} a échoué"),
    "no_reason": ("no reason was recorded", "aucune raison n’a été notée"),
    "night_not_started": (
        "the night of {night} has not started: it was due at {due}",
        "la nuit du {night} n’a pas commencé : elle était prévue à {due}",
    ),
    "night_not_finished": (
        "the night of {night} has not ended: it was due at {due}; {there} of {all} accounts have landed",
        "la nuit du {night} n’est pas terminée : elle était prévue à {due} ; {there} comptes sur {all} sont arrivés",
    ),
    "held": ("; the warehouse is {holder}", " ; l’entrepôt est {holder}"),
    "anomaly": (
        "{metric} of {whose} on {day}: {value}, where {low} to {high} was to be expected",
        "{metric} de {whose} le {day} : {value}, alors que {low} à {high} était attendu",
    ),
    "goal_off_pace": (
        "the goal {goal} is off pace: {current} of {target} on {day}{chance}",
        "l’objectif {goal} prend du retard : {current} sur {target} au {day}{chance}",
    ),
    "due": (", where {value} had to have come by then", ", alors que {value} étaient attendus à cette date"),
    "chance": (", reached with a probability of {percent}", ", atteint avec une probabilité de {percent}"),
    "experiment_decided": (
        "the experiment {experiment} is decided for {action}: {reason}",
        "l’expérience {experiment} est tranchée pour {action} : {reason}",
    ),
    "expiring": ("{what} of {whose} ends {when}, on {day}", "{what} de {whose} prend fin {when}, le {day}"),
    "expired": ("{what} of {whose} ended {when}, on {day}", "{what} de {whose} a pris fin {when}, le {day}"),
    "budget_spent": (
        "the reads of {platform} are spent ({bucket}): more from {resets} on",
        "les lectures de {platform} sont épuisées ({bucket}) : de nouveau à partir de {resets}",
    ),
    "disk_low": ("little room is left: {what}", "il reste peu de place : {what}"),
    # What is touched, and by how much.
    "share": (
        "in the {days} days to {day} it had {parts}",
        "dans les {days} jours jusqu’au {day}, il a représenté {parts}",
    ),
    "part": ("{part} of {whole} {metric} ({percent})", "{part} {metric} sur {whole} ({percent})"),
    "marts": ("{tables} are made from it", "{tables} en sont issus"),
    "marts_more": ("{tables} and {more} more are made from it", "{tables} et {more} autres en sont issus"),
    "all_tables": (
        "all tables: readers keep those of {night}",
        "toutes les tables : les lecteurs gardent celles du {night}",
    ),
    "no_tables": ("all tables: nothing is published yet", "toutes les tables : rien n’est encore publié"),
    # The likely cause, by class of error.
    "SourceUnavailable": (
        "the platform was away, or too slow; nothing is lost",
        "la plateforme était absente ou trop lente ; rien n’est perdu",
    ),
    "QuotaExhausted": ("the reads that it allows are spent", "les lectures qu’elle accorde sont épuisées"),
    "SourceRefused": (
        "a token, a permission or an API version is no longer accepted",
        "un jeton, une permission ou une version d’API n’est plus accepté",
    ),
    "TokenExpired": ("the access token has ended", "le jeton d’accès a expiré"),
    "SourceChanged": ("the platform answers in another form than before", "la plateforme répond sous une autre forme"),
    "ConfigError": ("a setting is wrong", "un réglage est faux"),
    "LandingError": (
        "a raw file is damaged, or its folder cannot be written",
        "un fichier brut est abîmé, ou son dossier n’est pas inscriptible",
    ),
    "QualityError": ("the data is not what was expected", "les données ne sont pas celles attendues"),
    "ModelError": ("a SQL model failed", "un modèle SQL a échoué"),
    "PublishError": (
        "the disk is full, or the folder of the publication cannot be written",
        "le disque est plein, ou le dossier de publication n’est pas inscriptible",
    ),
    "WarehouseBusy": ("another command holds the warehouse", "une autre commande tient l’entrepôt"),
    "WarehouseError": ("the database cannot be opened or written", "la base ne peut être ouverte ou écrite"),
    "nobody_ran": ("its fetch was not run, or was ended", "sa lecture n’a pas été lancée, ou a été interrompue"),
    "nothing_runs": (
        "the scheduler is down, or the machine was off",
        "l’ordonnanceur est arrêté, ou la machine était éteinte",
    ),
    "still_runs": ("a step hangs, or takes longer than usual", "une étape est bloquée, ou plus longue que d’habitude"),
    "late_platform": ("the platform is behind with its own figures", "la plateforme est en retard dans ses chiffres"),
    # The message around it.
    "title_begin": ("{brand}: {what}", "{brand} : {what}"),
    "title_begin_many": ("{brand}: {count} new incidents", "{brand} : {count} nouveaux incidents"),
    "title_digest": ("{brand}: still open: {what}", "{brand} : toujours en cours : {what}"),
    "title_digest_many": ("{brand}: {count} incidents are open", "{brand} : {count} incidents en cours"),
    "title_over": ("{brand}: over: {what}", "{brand} : terminé : {what}"),
    "title_over_many": ("{brand}: {count} incidents are over", "{brand} : {count} incidents terminés"),
    "title_test": ("{brand}: a test of the channel {channel}", "{brand} : essai du canal {channel}"),
    "test": (
        "Nothing is wrong: somebody ran vigie alert test.",
        "Tout va bien : quelqu’un a lancé vigie alert test.",
    ),
    "critical": ("critical", "critique"),
    "warning": ("warning", "avertissement"),
    "info": ("note", "note"),
    "since": ("since: the night of {night}", "depuis : la nuit du {night}"),
    "since_days": ("since: the night of {night}, {days} days ago", "depuis : la nuit du {night}, il y a {days} jours"),
    "lasted": ("it began on the night of {night}", "début : la nuit du {night}"),
    "touches": ("touches: {text}", "concerne : {text}"),
    "cause": ("likely cause: {text}", "cause probable : {text}"),
    "look": ("look further: {text}", "pour en savoir plus : {text}"),
    "more": ("and {count} more: vigie alert list", "et {count} autres : vigie alert list"),
    "report": ("Report: {text}", "Rapport : {text}"),
    "ack": (
        "vigie alert ack {id} says that somebody has it in hand.",
        "vigie alert ack {id} dit que quelqu’un s’en occupe.",
    ),
    "again": ("(It may have come before: {mark}.)", "(Déjà reçu peut-être : {mark}.)"),
}


def say(language: str, word: str, **values: object) -> str:
    """The words of that name in a language, with values in them that nobody's channel obeys."""
    return _WORDS[word][language == "fr"].format(**{name: inert(str(value)) for name, value in values.items()})


def says(word: str) -> bool:
    """Whether there are words of that name: an error's class may have none."""
    return word in _WORDS


def number(value: float, language: str) -> str:
    """A whole number, or one with two decimals, with its thousands apart."""
    text = f"{value:,.0f}" if abs(value - round(value)) < 0.005 else f"{value:,.2f}"
    return text if language != "fr" else text.replace(",", "\u202f").replace(".", ",")


def percent(share: float, language: str) -> str:
    """A share in per cent; what is not nothing is not told as 0 %."""
    text = "<1" if 0 < share < 0.01 else f"{100 * share:.0f}"
    return text.replace("<", "under " if language != "fr" else "moins de ") + ("\u00a0%" if language == "fr" else " %")
