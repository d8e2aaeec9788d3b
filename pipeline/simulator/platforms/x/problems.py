"""X's way of saying no: problem documents, partial errors beside data, and what is left of a limit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pipeline.simulator.wire import Pairs, Reply

PROBLEMS = "https://api.x.com/2/problems/"
QUARTER = timedelta(minutes=15)


class ProblemError(Exception):
    """An error answer on its way out of the code that builds an answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def words(text: str) -> frozenset[str]:
    """The names of a list that is written as one text."""
    return frozenset(text.split())


def problem(status: int, title: str, detail: str, kind: str, *, headers: Pairs = (), **more: object) -> Reply:
    body = {"title": title, "type": kind if kind == "about:blank" else PROBLEMS + kind, "status": status}
    return Reply(
        {**body, "detail": detail, **more},
        status=status,
        headers=headers,
        content_type="application/problem+json; charset=utf-8",
    )


def invalid(parameter: str, value: object, message: str) -> Reply:
    """A parameter that does not exist, or a value that it does not take."""
    reply = problem(400, "Invalid Request", "One or more parameters to your request was invalid.", "invalid-request")
    body = dict(reply.document) if isinstance(reply.document, dict) else {}
    del body["status"]
    told = [{"parameters": {parameter: [str(value)]}, "message": message}]
    return Reply({"errors": told, **body}, status=400, content_type=reply.content_type)


def unauthorized() -> Reply:
    return problem(401, "Unauthorized", "Unauthorized", "about:blank")


def unsupported(context: str) -> Reply:
    """The kind of token that this endpoint does not take."""
    return problem(
        403,
        "Unsupported Authentication",
        f"Authenticating with {context} is forbidden for this endpoint.",
        "unsupported-authentication",
    )


def not_found(path: str) -> Reply:
    return problem(404, "Not Found", f"No such path: {path}", "about:blank")


def missing(kind: str, parameter: str, value: str) -> Mapping[str, object]:
    """Beside the data: what was asked for and does not exist (any more)."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": f"{PROBLEMS}resource-not-found",
    }


def not_yours(post_id: str, field: str) -> Mapping[str, object]:
    """Beside the data: a private field of a post that is too old, or somebody else's."""
    return {
        "value": post_id,
        "detail": f"Sorry, you are not authorized to access '{field}' on the Tweet with id : [{post_id}].",
        "title": "Field Authorization Error",
        "section": "data",
        "field": field,
        "resource_type": "tweet",
        "parameter": "id",
        "resource_id": post_id,
        "type": f"{PROBLEMS}not-authorized-for-field",
    }


def limits(most: int, left: int, now: datetime) -> Pairs:
    """The headers that every answer has: one endpoint's limit in a quarter of an hour."""
    quarter = int(QUARTER.total_seconds())
    reset = (int(now.timestamp()) // quarter + 1) * quarter
    return (
        ("x-rate-limit-limit", str(most)),
        ("x-rate-limit-remaining", str(left)),
        ("x-rate-limit-reset", str(reset)),
    )
