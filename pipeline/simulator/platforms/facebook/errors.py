"""The Graph API's way of saying no: an ``error`` object, mostly with HTTP 400, and its usage headers."""

from __future__ import annotations

import json
from hashlib import blake2b

from pipeline.simulator.wire import Pairs, Reply


class GraphError(Exception):
    """An error answer on its way out of the code that builds an answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def error(
    code: int,
    message: str,
    *,
    status: int = 400,
    subcode: int | None = None,
    kind: str = "OAuthException",
    transient: bool = False,
    headers: Pairs = (),
) -> Reply:
    """An error answer. ``subcode`` and ``is_transient`` are left out where they say nothing."""
    body: dict[str, object] = {"message": message, "type": kind}
    if transient:
        body["is_transient"] = True
    body["code"] = code
    if subcode is not None:
        body["error_subcode"] = subcode
    body["fbtrace_id"] = "A" + blake2b(message.encode(), digest_size=11).hexdigest()
    return Reply({"error": body}, status=status, headers=headers)


def invalid(message: str) -> Reply:
    return error(100, f"(#100) {message}")


def missing(object_id: str) -> Reply:
    """An object that does not exist, or that the token may not see: the platform does not say which."""
    return error(
        100,
        f"Unsupported get request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing"
        " permissions, or does not support this operation",
        kind="GraphMethodException",
        subcode=33,
    )


def bad_metric() -> Reply:
    return invalid("The value must be a valid insights metric")


def bad_token(message: str, subcode: int | None = None) -> Reply:
    challenge = f'OAuth "Facebook Platform" "invalid_token" "{message}"'
    return error(190, message, status=400, subcode=subcode, headers=(("WWW-Authenticate", challenge),))


def usage(account: str, percent: int, minutes: int = 0) -> Pairs:
    """The business-use-case header; the estimate is in minutes."""
    share = {
        "type": "pages",
        "call_count": percent,
        "total_cputime": percent // 4,
        "total_time": percent // 4,
    }
    share |= {"estimated_time_to_regain_access": minutes}
    return (("X-Business-Use-Case-Usage", json.dumps({account: [share]}, separators=(",", ":"))),)


def too_many_calls(account: str, minutes: int, code: int) -> Reply:
    """The quota of the page (80001), the app (4), the user (17) or the page's old limit (32) is spent."""
    words = {
        4: "(#4) Application request limit reached",
        17: "(#17) User request limit reached",
        32: "(#32) Page request limit reached",
        613: "(#613) Calls to this api have exceeded the rate limit.",
    }
    message = words.get(
        code,
        f"({code}) There have been too many calls to this Page account. Wait a bit and try again. For more info,"
        " please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
    )
    headers = usage(account, 100, minutes)
    if code == 4:
        headers = (("X-App-Usage", '{"call_count":100,"total_cputime":25,"total_time":25}'),)
    status = 403 if code == 4 else 400
    return error(code, message, status=status, transient=code != 613, headers=headers)
