"""A property of Google Analytics on loopback, for tests that say themselves what it counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.settings import Account
from pipeline.sources.ga4.reports import DAYS, KEY_EVENTS, ORIGINS, PURCHASES, Report
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.nights.ga4 import OPTIONS
from tests.sources.reading import Read, account, fetch, unit

ACCESS = "access-token-property"
DIRECT = ("Direct", "(direct)", "(none)", "(direct)")
# Sessions, visitors, engaged, seconds, views.
FOUR = ("4", "3", "2", "100", "9")


def table(report: Report, rows: Sequence[Sequence[str]], **metadata: object) -> dict[str, Any]:
    """An answer with these rows; without any, rows and their number are left out."""
    size = len(report.dimensions)
    told: dict[str, Any] = {
        "dimensionHeaders": [{"name": name} for name in report.dimensions],
        "metricHeaders": [{"name": name, "type": "TYPE_INTEGER"} for name in report.metrics],
        "metadata": {"currencyCode": "EUR", "timeZone": "Europe/Paris", **metadata},
        "kind": "analyticsData#runReport",
    }
    if rows:
        told["rowCount"] = len(rows)
        told["rows"] = [
            {"dimensionValues": [{"value": v} for v in row[:size]], "metricValues": [{"value": v} for v in row[size:]]}
            for row in rows
        ]
    return told


def error(message: str, status: int, word: str = "INVALID_ARGUMENT", reason: str | None = None) -> Reply:
    body: dict[str, Any] = {"code": status, "message": message, "status": word}
    if reason:
        body["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    return Reply({"error": body}, status)


def asked_for(asked: Asked) -> Report:
    """The report that a request wants."""
    body = json.loads(asked.body)
    names = tuple(one["name"] for one in body["dimensions"]), tuple(one["name"] for one in body["metrics"])
    return next(r for r in (DAYS, ORIGINS, KEY_EVENTS, PURCHASES) if names == (r.dimensions, r.metrics))


class Property:
    """``rows`` and ``metadata`` by report, ``instead`` an answer in the place of a report; pages of ``size`` rows."""

    def __init__(self, server: Loopback, size: int = 100) -> None:
        self.server, self.size = server, size
        self.rows: dict[Report, list[Sequence[str]]] = {}
        self.metadata: dict[Report, Mapping[str, object]] = {}
        self.instead: dict[Report, Reply] = {}
        self.grant = Reply({"access_token": ACCESS, "expires_in": 3599, "token_type": "Bearer"})
        self.told: list[tuple[Report, dict[str, Any]]] = []
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/oauth/token":
            return self.grant
        report, body = asked_for(asked), json.loads(asked.body)
        self.told.append((report, body))
        if report in self.instead:
            return self.instead[report]
        whole = table(report, self.rows.get(report, []), **self.metadata.get(report, {}))
        if "rows" in whole:
            begin = int(body["offset"])
            whole["rows"] = whole["rows"][begin : begin + self.size]
        return Reply(whole)

    def asked(self, report: Report) -> list[dict[str, Any]]:
        return [body for of, body in self.told if of is report]


def here(server: Loopback, **options: object) -> Account:
    placed: dict[str, Any] = {name: value.replace("{base}", server.base) for name, value in OPTIONS.items()}
    return account("ga4", server.base, **placed | options)


def read(server: Loopback, days: int = 2, **options: object) -> Read:
    source = here(server, **options)
    return fetch(source, unit(source, days=days))
