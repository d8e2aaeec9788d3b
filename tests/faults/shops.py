"""Orders that shops tell wrongly: poisoned on their way out, among those that are told as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.simulator import World
from pipeline.simulator.platforms import FACES
from pipeline.simulator.rest import gmt_time
from pipeline.simulator.wire import Request
from tests.faults.bending import Bender, Outgoing

# What is told of an order from the first night on, by what is wrong with it.
_FALSE: Final[Mapping[str, Mapping[str, object]]] = {
    "negative": {"total": "-50.00"},
    "nowhere": {"currency": "XXX"},
    "dirham": {"currency": "AED"},
    "beyond": {"refunds": [{"id": 1, "reason": "", "total": "-5000.00"}]},
}


@dataclass(frozen=True)
class Poison:
    """``orders``: number by what is wrong with it; ``moved``: when one that preceded its visit is said to be."""

    orders: Mapping[str, str]
    moved: datetime


def choose(world: World, night: date) -> Poison:
    """Paid orders of the days before, each for one evil."""
    days = [night - timedelta(days=days) for days in range(9)]
    visits = {visit.order.id: visit for day in days for visit in world.matomo.visits(day, night) if visit.order}
    orders = [order for order in world.woocommerce.orders(night) if order.created.date() >= days[-1]]
    given_back = next(order for order in orders if order.refunds)
    paid = [order for order in reversed(orders) if order.status in {"processing", "completed"} and not order.refunds]
    visited = next(order for order in paid if order.id in visits)
    others = [order for order in paid if order is not visited]
    named = dict(zip((*_FALSE, "another", "absurd", "endless"), others, strict=False))
    numbers = {evil: str(order.id) for evil, order in named.items()}
    moved = visits[visited.id].begun - timedelta(hours=3)
    return Poison({**numbers, "unvisited": str(visited.id), "early": str(given_back.id)}, moved)


@dataclass
class Shops:
    """What stands between the shops and who reads them. ``worst`` and ``later`` are what some nights tell."""

    poison: Poison
    worst: bool = False
    later: bool = False

    @property
    def orders(self) -> Mapping[str, str]:
        return self.poison.orders

    def between(self, bender: Bender) -> None:
        bender.bend(FACES["woocommerce"], self._woocommerce)
        bender.bend(FACES["shopify"], self._shopify)

    def _told(self) -> dict[str, Mapping[str, object]]:
        moment = gmt_time(self.poison.moved)
        told = {self.orders[evil]: fields for evil, fields in _FALSE.items()}
        told[self.orders["unvisited"]] = {"date_created_gmt": moment, "date_paid_gmt": moment}
        if self.later:
            told[self.orders["another"]] = {"currency": "USD"}
            told[self.orders["endless"]] = {"total": "1000000000000000000.00"}
        if self.worst:
            told[self.orders["absurd"]] = {"total": "5000000000000.00"}
        return told

    def _woocommerce(self, request: Request, answer: Outgoing) -> Outgoing:
        rows = answer.document
        if not isinstance(rows, list):
            return answer
        if request.path.endswith(f"/{self.orders['early']}/refunds"):
            return answer.telling([{**row, "date_created_gmt": "2026-09-01T09:00:00"} for row in rows])
        told = self._told()
        return answer.telling([{**row, **told.get(str(row.get("id")), {})} for row in rows])

    def _shopify(self, request: Request, answer: Outgoing) -> Outgoing:
        if not self.worst or "/atelier-marin-uk/" not in request.path:
            return answer
        return replace(answer, body=answer.body.replace(b'"GBP"', b'"gbp"', 1))
