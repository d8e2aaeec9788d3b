"""The report's words in English and French, and how it writes numbers, money and days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

MISSING = "–"
NARROW, MINUS = "\u202f", "\u2212"

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("{brand}: night of {night}", "{brand} : nuit du {night}"),
    "simulated": (
        "This is a simulation: the brand, its accounts and every figure are invented.",
        "Ceci est une simulation : la marque, ses comptes et tous les chiffres sont inventés.",
    ),
    "last_days": ("Last 28 days", "28 derniers jours"),
    "before": ("28 days before: {value}", "28 jours d’avant : {value}"),
    "before_unknown": ("28 days before: not all known", "28 jours d’avant : pas tous connus"),
    "networks": ("Networks", "Réseaux"),
    "followers": ("Followers", "Abonnés"),
    "growth_speed": ("New followers a day (7 days)", "Nouveaux abonnés par jour (7 jours)"),
    "growth_28d": ("Growth over 28 days", "Croissance sur 28 jours"),
    "growth_index": ("Growth index", "Indice de croissance"),
    "impressions": ("Impressions", "Impressions"),
    "engagements": ("Interactions", "Interactions"),
    "engagement_rate": ("Engagement rate (by impressions)", "Taux d’engagement (par impression)"),
    "reach": ("Reach, between", "Portée, entre"),
    "and": ("and", "et"),
    "posts_published": ("Posts", "Publications"),
    "visits": ("Visits", "Visites"),
    "visits_from_networks": ("Visits sent by networks", "Visites envoyées par les réseaux"),
    "conversions": ("Conversions", "Conversions"),
    "conversion_rate": ("Conversion rate", "Taux de conversion"),
    "revenue": ("Revenue", "Chiffre d’affaires"),
    "cost": ("Cost of traffic", "Coût du trafic"),
    "margin": ("Gross margin", "Marge brute"),
    "margin_of": (
        "on the {revenue} of revenue whose cost of traffic is known",
        "sur les {revenue} de chiffre d’affaires dont le coût du trafic est connu",
    ),
    "basket": ("Average basket", "Panier moyen"),
    "actions": ("What visitors did", "Ce que les visiteurs ont fait"),
    "action": ("Action", "Action"),
    "funnel": ("From being reached to acting, 28 days", "De la portée à l’action, 28 jours"),
    "clicks": ("Clicks", "Clics"),
    "engaged_visits": ("Engaged visits", "Visites engagées"),
    "people_reached": ("People reached, between", "Personnes touchées, entre"),
    "count": ("Count", "Nombre"),
    "of_before": ("Of the step before", "De l’étape précédente"),
    "known_days_alone": (
        "A step is counted where it is known; a rate is that of the days of which both steps are.",
        "Une étape est comptée là où elle est connue ; un taux est celui des jours où les deux étapes le sont.",
    ),
    "post_margins": ("What posts of the last 28 days brought", "Ce qu’ont apporté les publications de 28 jours"),
    "post": ("Post", "Publication"),
    "platform": ("Platform", "Plateforme"),
    "campaign": ("Campaign", "Campagne"),
    "experiments": ("Experiments", "Expériences"),
    "arm": ("Arm", "Bras"),
    "verdict": ("Verdict", "Verdict"),
    "lift": ("Against the control, at every look", "Face au témoin, à tout regard"),
    "spend": ("Spend", "Dépense"),
    "margin_per_cost": ("Margin per {currency}", "Marge par {currency}"),
    "probability_best": ("Probability to be best", "Probabilité d’être le meilleur"),
    "verdict_running": ("Running, looked at on {look}: no winner yet.",
                        "En cours, regardée le {look} : pas encore de gagnant."),
    "verdict_winner": ("{arm} has won (look of {look}).", "{arm} a gagné (regard du {look})."),
    "verdict_no_difference": ("Over without a difference that could be seen (look of {look}).",
                              "Terminée sans écart visible (regard du {look})."),
    "verdict_invalid": ("Invalid: nothing may be concluded from it (look of {look}).",
                        "Non valable : rien ne peut en être conclu (regard du {look})."),
    "advice": ("Of 100 {currency} more, put {parts}: until {night}, {because}.",
               "Sur 100 {currency} de plus, mettez-en {parts} : jusqu’au {night}, {because}."),
    "advice_part": ("{amount} on {arm}", "{amount} sur {arm}"),
    "advice_because": ("one on {arm} has left {margin} (between {low} and {high}, {nights} nights)",
                       "un sur {arm} a laissé {margin} (entre {low} et {high}, {nights} nuits)"),
    "advice_known": ("{arm} is the best of them, as far as can be known.",
                     "{arm} est le meilleur, autant qu’on puisse le savoir."),
    "advice_unknown": ("Not yet known: which is the best ({arm}, with a probability of {chance}).",
                       "Pas encore connu : lequel est le meilleur ({arm}, avec une probabilité de {chance})."),
    "advice_price": (
        "With {budget} a night it leaves {price} less than now ({gain_low} to {gain_high}): the price of learning.",
        "Avec {budget} par nuit, il laisse {price} de moins ({gain_low} à {gain_high}) : le prix pour apprendre.",
    ),
    "advice_gain": (
        "With {budget} a night it is expected to leave {expected_gain} more than now ({gain_low} to {gain_high}).",
        "Avec {budget} par nuit, il devrait laisser {expected_gain} de plus ({gain_low} à {gain_high}).",
    ),
    "posts": ("Posts that people answered most", "Publications qui ont le plus fait réagir"),
    "published": ("Published", "Publiée le"),
    "ran": ("What ran", "Ce qui a tourné"),
    "step": ("Step", "Étape"),
    "state": ("State", "État"),
    "rows": ("Rows", "Lignes"),
    "seconds": ("Seconds", "Secondes"),
    "missing": ("What is missing", "Ce qui manque"),
    "nothing_missing": ("Every expected stream delivered.", "Tous les flux attendus ont répondu."),
    "stream": ("Stream", "Flux"),
    "reason": ("Reason", "Raison"),
    "expectations": ("Expectations that failed", "Attentes non tenues"),
    "nothing_failed": ("Every expectation held.", "Toutes les attentes sont tenues."),
    "ending": ("Expires soon", "Expire bientôt"),
    "notes": ("To know", "À savoir"),
    "provisional": ("dashed: provisional, the platform may still restate it",
                    "pointillé : provisoire, la plateforme peut encore corriger"),
    "no_data": ("No data yet", "Pas encore de données"),
    "generation": ("Publication {generation}, Vigie {version}", "Publication {generation}, Vigie {version}"),
    "absent": ("– means: the platform did not report it. It is never a zero.",
               "– veut dire : la plateforme ne l’a pas dit. Ce n’est jamais un zéro."),
}  # fmt: skip

ACTIONS: Mapping[str, tuple[str, str]] = {
    "sale": ("Online sale", "Vente en ligne"),
    "quote_request": ("Quote request", "Demande de devis"),
    "newsletter_signup": ("Newsletter sign-up", "Inscription à la lettre"),
    "ad_click": ("Click on an advertisement of the site", "Clic sur un espace publicitaire"),
    "affiliate_sale": ("Affiliate sale", "Vente par affiliation"),
    "social_boost": ("Boost on the networks", "Relais sur les réseaux"),
}


def speaker(language: str) -> Callable[..., str]:
    """A function that gives a sentence of WORDS in ``language``, its gaps filled."""
    at = 1 if language == "fr" else 0

    def say(key: str, **gaps: object) -> str:
        text = WORDS[key][at] if key in WORDS else ACTIONS.get(key, (key, key))[at]
        return text.format(**gaps) if gaps else text

    return say


def filters(language: str, currency: str) -> dict[str, Callable[..., str]]:
    """Jinja filters: ``number``, ``percent``, ``money``, ``day``; None is always a dash."""
    thousands, point = (NARROW, ",") if language == "fr" else (",", ".")

    def number(value: Any, digits: int = 0) -> str:
        if value is None:
            return MISSING
        text = f"{Decimal(value) if isinstance(value, int) else value:,.{digits}f}"
        text = text.replace(",", "\0").replace(".", point).replace("\0", thousands)
        return text.replace("-", MINUS)

    def percent(value: Any, digits: int = 1) -> str:
        return MISSING if value is None else number(value * 100, digits) + ("\u202f%" if language == "fr" else "%")

    def money(value: Any) -> str:
        return MISSING if value is None else f"{number(value, 2)}\u00a0{currency}"

    def day(value: date | datetime | None) -> str:
        if value is None:
            return MISSING
        return value.strftime("%d/%m/%Y") if language == "fr" else value.strftime("%Y-%m-%d")

    return {"number": number, "percent": percent, "money": money, "day": day}
