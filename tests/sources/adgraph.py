"""An advertising account in the shapes of the Graph API, made by hand: orders, reports and lists that must be so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.sources.graph import error
from tests.sources.loopback import Asked, Loopback, Reply

TOKEN = "system-user-token-aaaa-1111"
TOO_MUCH = error(100, "Please reduce the amount of data you're asking for, then retry your request", subcode=1487534)
UNKNOWN = error(100, "Unsupported get request. Object with ID 'x' does not exist", subcode=33)


def row(campaign: str, day: date, **more: Any) -> dict[str, Any]:
    told = {"campaign_id": campaign, "campaign_name": f"Campaign {campaign}", "account_currency": "EUR"}
    told |= {"spend": "1.25", "impressions": "100", "reach": "80", "clicks": "3"}
    return {**told, "date_start": str(day), "date_stop": str(day), "publisher_platform": "facebook", **more}


class AdAccount:
    """One row for each campaign and day. ``most`` says how many days and campaigns a report may be about.

    ``states`` are told before a report is ready, in their order, and again for each report; ``sizes`` cut lists.
    """

    def __init__(self, server: Loopback, campaigns: tuple[str, ...] = ("11", "12", "13"), *, page: int = 500) -> None:
        self.server, self.campaigns, self.page = server, campaigns, page
        self.states: list[str | Reply] = []
        self.most_days, self.most_campaigns = 10_000, 10_000
        self.refuses: Reply | str = TOO_MUCH
        self.heaviest = 500
        self.account: Mapping[str, Any] = {"name": "Shop", "currency": "EUR", "timezone_name": "Europe/Paris"}
        self.tags: Mapping[str, list[str | None]] = {}
        self.hidden: tuple[str, ...] = ()
        self._orders: dict[str, dict[str, str]] = {}
        self._asked: dict[str, int] = {}
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        node, _, edge = asked.path.removeprefix("/v26.0/").partition("/")
        if asked.method == "POST":
            return self._order(dict(asked.form))
        if node.startswith("act_"):
            return self._list(asked, edge) if edge else Reply(self.account)
        return self._pages(asked, self._rows(self._orders[node])) if edge else self._state(node, asked)

    @property
    def orders(self) -> list[dict[str, str]]:
        """What was ordered, in order."""
        return [dict(asked.form) for asked in self.server.asked if asked.method == "POST"]

    def _order(self, form: dict[str, str]) -> Reply:
        if isinstance(self.refuses, Reply) and self._is_too_much(form):
            return self.refuses
        number = f"60900000000{len(self._orders):04d}"
        self._orders[number] = form
        return Reply({"report_run_id": number})

    def _is_too_much(self, form: dict[str, str]) -> bool:
        return len(self._days(form)) > self.most_days or len(self._chosen(form)) > self.most_campaigns

    def _state(self, number: str, asked: Asked) -> Reply:
        if "error_code" in asked.query["fields"]:
            return Reply({"id": number, "error_code": 2, "error_message": "An unknown error occurred"})
        if isinstance(self.refuses, str) and self._is_too_much(self._orders[number]):
            return Reply({"id": number, "async_status": self.refuses})
        turn = self._asked[number] = self._asked.get(number, -1) + 1
        told = self.states[turn] if turn < len(self.states) else "Job Completed"
        return told if isinstance(told, Reply) else Reply({"id": number, "async_status": told})

    def _days(self, form: dict[str, str]) -> list[date]:
        told = json.loads(form["time_range"])
        since, until = (date.fromisoformat(told[name]) for name in ("since", "until"))
        return [since + timedelta(days=n) for n in range((until - since).days + 1)]

    def _chosen(self, form: dict[str, str]) -> list[str]:
        left = [*self.campaigns, *self.hidden]
        for rule in json.loads(form.get("filtering", "[]")):
            named = rule["value"]
            left = [each for each in left if (each in named) == (rule["operator"] == "IN")]
        return left

    def _rows(self, form: dict[str, str]) -> list[dict[str, Any]]:
        return [row(campaign, day) for day in self._days(form) for campaign in self._chosen(form)]

    def _list(self, asked: Asked, edge: str) -> Reply:
        if edge == "campaigns":
            return self._pages(asked, [{"id": each} for each in self.campaigns])
        (rule,) = json.loads(asked.query["filtering"])
        ads = [
            {"id": f"{campaign}{n}", "campaign_id": campaign, "creative": {"url_tags": tag} if tag else {}}
            for campaign in rule["value"]
            for n, tag in enumerate(self.tags.get(campaign, []))
        ]
        return self._pages(asked, ads)

    def _pages(self, asked: Asked, found: list[dict[str, Any]]) -> Reply:
        if int(asked.query["limit"]) > self.heaviest:
            return error(1, "Please reduce the amount of data you're asking for, then retry your request", status=500)
        size, start = min(self.page, int(asked.query["limit"])), int(asked.query.get("after", "0"))
        paging: dict[str, Any] = {"cursors": {"after": str(start + size)}}
        if start + size < len(found):
            paging["next"] = f"{self.server.base}{asked.path}?access_token={TOKEN}&after={start + size}"
        return Reply({"data": found[start : start + size], "paging": paging})
