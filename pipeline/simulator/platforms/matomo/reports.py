"""Matomo's reports of one day: objects, tables, ``[]`` for a day on which nothing was recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.simulator.world import Goal, Referrer, SiteDay, World

# A server speaks the language of its owner unless another one is asked for.
FRENCH = {
    "Direct Entry": "Entrées directes",
    "Search Engines": "Moteurs de recherche",
    "Websites": "Sites web",
    "Social Networks": "Réseaux sociaux",
    "Campaigns": "Campagnes",
}
NUMBERS = {"direct": 1, "search": 2, "website": 3, "campaign": 6, "social": 7}
DEFAULT_LIMIT = 100


@dataclass(frozen=True)
class View:
    """Who asks: the night as of which, and the parameters that say how numbers and words are written."""

    world: World
    night: date
    params: Mapping[str, str]

    def of(self, day: date) -> SiteDay | None:
        return self.world.matomo.day(day, self.night)

    def share(self, part: float, whole: float) -> str | float:
        """A rate: a number with ``format_metrics=0``, a text like ``42%`` without."""
        rate = part / whole if whole else 0
        if self.params.get("format_metrics") == "0":
            return round(rate, 4)
        return f"{round(rate * 100)}%"

    def label(self, text: str) -> str:
        return text if self.params.get("language", "fr") == "en" else FRENCH.get(text, text)

    def limited(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The first 100 rows unless ``filter_limit`` says otherwise: what is left out is not announced."""
        limit = int(self.params.get("filter_limit", DEFAULT_LIMIT))
        start = int(self.params.get("filter_offset", 0))
        return rows[start:] if limit < 0 else rows[start : start + limit]


def money(amount: Decimal) -> int | float:
    """The platform writes whole sums without decimals."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _visits(view: View, day: date) -> object:
    site = view.of(day)
    if site is None:
        return []
    return {
        "nb_uniq_visitors": site.visitors,
        "nb_users": 0,
        "nb_visits": site.visits,
        "nb_actions": site.actions,
        "nb_visits_converted": site.visits_converted,
        "bounce_count": site.bounces,
        "sum_visit_length": site.visit_seconds,
        "max_actions": site.max_actions,
        "bounce_rate": view.share(site.bounces, site.visits),
        "nb_actions_per_visit": round(site.actions / site.visits, 1),
        "avg_time_on_site": site.visit_seconds // site.visits,
    }


def _actions(view: View, day: date) -> object:
    site = view.of(day)
    if site is None:
        return []
    return {"nb_pageviews": site.actions, "nb_uniq_pageviews": int(site.actions * 0.8), "nb_downloads": 0}


def _rows(view: View, day: date, rows: Sequence[Referrer]) -> object:
    return view.limited([_referrer(view, day, row) for row in rows])


def _types(view: View, day: date) -> object:
    site = view.of(day)
    return _rows(view, day, site.types) if site else []


def _socials(view: View, day: date) -> object:
    site = view.of(day)
    return _rows(view, day, site.socials) if site else []


def _campaigns(view: View, day: date) -> object:
    site = view.of(day)
    return _rows(view, day, site.campaigns) if site else []


def _referrer(view: View, day: date, row: Referrer) -> dict[str, Any]:
    is_type = row.label in FRENCH
    shown: dict[str, Any] = {
        "label": view.label(row.label),
        "nb_uniq_visitors": row.visitors,
        "nb_visits": row.visits,
        "nb_actions": row.actions,
        "nb_users": 0,
        "max_actions": row.max_actions,
        "sum_visit_length": row.visit_seconds,
        "bounce_count": row.bounces,
        # Counters that come out of the archive of a sub-table are sometimes texts.
        "nb_visits_converted": row.visits_converted if is_type or day.day % 2 else str(row.visits_converted),
        "nb_conversions": sum(goal.conversions for goal in row.goals.values()),
        "revenue": 0,
        "goals": {f"idgoal={number}": _goal(goal) for number, goal in sorted(row.goals.items())},
    }
    if not row.goals:
        del shown["goals"]
    if is_type:
        shown |= {"referrer_type": NUMBERS[row.kind], "segment": f"referrerType=={row.kind}"}
    elif row.kind == "social":
        shown |= {
            "url": f"{row.label.lower()}.com",
            "logo": f"plugins/Morpheus/icons/{row.label.lower()}.png",
        }
    else:
        shown |= {"segment": f"referrerType==campaign;referrerName=={row.label}"}
    return shown


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "nb_conversions": goal.conversions,
        "nb_visits_converted": goal.visits_converted,
        "revenue": money(goal.revenue),
    }


def _goals(view: View, day: date) -> object:
    """``Goals.get``: one goal, all of them together, or the orders of the shop."""
    wanted = view.params.get("idGoal", "")
    known = {str(number) for number in view.world.matomo.goals}
    if wanted == "ecommerceOrder":
        return _orders(view, day)
    if wanted not in known | {""}:
        raise ValueError(f"Goal with id {wanted} does not exist.")
    site = view.of(day)
    if site is None:
        return []
    if wanted:
        goal = site.goals[int(wanted)]
    else:
        together = site.goals.values()
        goal = Goal(sum(each.conversions for each in together), site.visits_converted)
    return {**_goal(goal), "conversion_rate": view.share(goal.visits_converted, site.visits)}


def _orders(view: View, day: date) -> object:
    site = view.of(day)
    if site is None:
        return []
    shop = site.ecommerce
    return {
        "nb_conversions": shop.orders,
        "nb_visits_converted": shop.visits_converted,
        "conversion_rate": view.share(shop.visits_converted, site.visits),
        "revenue": money(shop.revenue),
        "revenue_subtotal": money(shop.revenue_subtotal),
        "revenue_tax": money(shop.revenue_tax),
        "revenue_shipping": money(shop.revenue_shipping),
        "revenue_discount": money(shop.revenue_discount),
        "items": shop.items,
        "avg_order_revenue": float(round(shop.revenue / shop.orders, 2)) if shop.orders else 0,
    }


def _list_goals(world: World) -> object:
    return [
        {"idsite": "1", "idgoal": str(number), "name": name, "match_attribute": "url", "revenue": "0"}
        for number, name in world.matomo.goals.items()
    ]


def _site(world: World) -> object:
    return {
        "idsite": world.matomo.account,
        "name": "Boutique",
        "main_url": "https://boutique.atelier-marin.example",
        "ecommerce": "1",
        "timezone": "Europe/Paris",
        "currency": "EUR",
        "type": "website",
    }


REPORTS: Mapping[str, Callable[[View, date], object]] = {
    "VisitsSummary.get": _visits,
    "Actions.get": _actions,
    "Referrers.getReferrerType": _types,
    "Referrers.getSocials": _socials,
    "Referrers.getCampaigns": _campaigns,
    "Goals.get": _goals,
}
PLAIN: Mapping[str, Callable[[World], object]] = {
    "API.getMatomoVersion": lambda _: {"value": "5.5.1"},
    "API.getPiwikVersion": lambda _: {"value": "5.5.1"},
    "SitesManager.getSiteFromId": _site,
    "Goals.getGoals": _list_goals,
}
