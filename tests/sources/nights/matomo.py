"""A night of a site's analytics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS: Final[Mapping[str, object]] = {"visit_log": True, "dimensions": ("1",)}


def answer(asked: Asked) -> Reply:
    if asked.form["method"] == "API.getBulkRequest":
        return Reply([_told(dict(parse_qsl(call))) for name, call in asked.form.items() if name.startswith("urls[")])
    return Reply(_told(asked.form))


def _told(call: Mapping[str, str]) -> Any:
    if call["method"] == "Live.getLastVisitsDetails":
        start = int(call["filter_offset"])
        return fixture(f"matomo/{call['method']}.{call['date']}")[start : start + int(call["filter_limit"])]
    return fixture("matomo/" + ".".join(call[name] for name in ("method", "idGoal", "idDimension") if name in call))
