"""How TikTok answers: success and failure in one envelope, mostly with HTTP 200 for both."""

from __future__ import annotations

from hashlib import blake2b

from pipeline.simulator.wire import Reply


class RefusedError(Exception):
    """An error answer on its way out of the code that builds an answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def request_id(*words: object) -> str:
    """An id as the platform gives one with every answer; here it follows from what was asked."""
    return "20261103030000" + blake2b(repr(words).encode(), digest_size=9).hexdigest().upper()


def ok(data: object, *, repeats: bool = True) -> Reply:
    document = {"code": 0, "message": "OK", "request_id": request_id(data), "data": data}
    return Reply(document, repeats=repeats)


def error(code: int, message: str, status: int = 200) -> Reply:
    return Reply({"code": code, "message": message, "request_id": request_id(code, message), "data": {}}, status=status)


def invalid(message: str) -> RefusedError:
    """A parameter that is missing, unknown or wrong."""
    return RefusedError(error(40002, message))
