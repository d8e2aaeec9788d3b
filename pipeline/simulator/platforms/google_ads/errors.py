"""Refusals of the Google Ads API, in the form of all of Google's services with the failures of this one in it."""

from __future__ import annotations

from typing import Any, Final

from pipeline.simulator.wire import Reply

_TYPE: Final = "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure"
_STATUS: Final = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request is missing required authentication credential."),
    403: ("PERMISSION_DENIED", "The caller does not have permission"),
    429: ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
}


class RefusedError(Exception):
    """The platform does not answer what was asked; ``reply`` is what it says instead."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def failure(status: int, kind: str, code: str, message: str, **details: Any) -> Reply:
    """An error as a stream gives it: the only element of the list of batches."""
    told: dict[str, Any] = {"errorCode": {kind: code}, "message": message}
    if details:
        told["details"] = details
    return plain(status, [{"@type": _TYPE, "errors": [told], "requestId": "sim-request"}])


def plain(status: int, details: list[dict[str, Any]] | None = None) -> Reply:
    """An error of Google's servers at large."""
    name, message = _STATUS[status]
    error: dict[str, Any] = {"code": status, "message": message, "status": name}
    if details:
        error["details"] = details
    return Reply([{"error": error}], status=status)


def refused(kind: str, code: str, message: str, status: int = 400) -> RefusedError:
    return RefusedError(failure(status, kind, code, message))
