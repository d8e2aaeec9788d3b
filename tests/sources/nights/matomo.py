"""A night of a site's analytics."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture


def answer(asked: Asked) -> Reply:
    name = ".".join(filter(None, (asked.form["method"], asked.form.get("idGoal"))))
    return Reply(fixture(f"matomo/{name}"))
