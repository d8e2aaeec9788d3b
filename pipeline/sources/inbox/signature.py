"""Signatures of messages: who sent this, and when; kept from being sent again by somebody else.

``X-Vigie-Signature: t=<unix seconds>,v1=<hex>``, where v1 is the HMAC-SHA256 of ``<t>.<raw body>``. While
a secret is replaced a sender may put one v1 for each secret.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from pipeline.sources.inbox.refusal import Refusal

HEADER = "X-Vigie-Signature"
_MOST_SIGNATURES = 8
_LONGEST_HEADER = 1000
_TIME = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}")


def sign(secret: str, body: bytes, at: int) -> str:
    """The header's value for this body at that second."""
    return f"t={at},v1={_digest(secret, body, str(at)).hex()}"


def _digest(secret: str, body: bytes, at: str) -> bytes:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).digest()


def signed_by(header: str | None, body: bytes, secrets: Sequence[str]) -> tuple[int, frozenset[int]]:
    """When it was signed, and the places of the secrets that signed it. Refusal where none did.

    Every secret is compared with every signature, each in constant time: how long that takes tells nothing.
    """
    at, given = _parts(header)
    good = {
        place
        for place, secret in enumerate(secrets)
        if sum([hmac.compare_digest(_digest(secret, body, at), each) for each in given])
    }
    if not good:
        raise Refusal(401, "wrong_signature", f"no v1 of {HEADER} is the HMAC-SHA256 of t, a dot and the body as sent")
    return int(at), frozenset(good)


def check_age(at: int, now: int, window: int) -> None:
    """Refusal where the message was signed too long ago, or in the future."""
    if abs(now - at) > window:
        way = "old" if at < now else "ahead"
        raise Refusal(
            401,
            "outside_the_window",
            f"t is {abs(now - at)} s {way}, and {window} s are allowed: sign every attempt anew, and check the clock "
            "of the sender against the Date of this answer",
        )


def _parts(header: str | None) -> tuple[str, list[bytes]]:
    if not header:
        raise Refusal(401, "not_signed", f"the header {HEADER}: t=<unix seconds>,v1=<hex> is missing")
    pairs = [part.strip().partition("=")[::2] for part in header[:_LONGEST_HEADER].split(",")]
    times = [value for name, value in pairs if name == "t"]
    given = [value for name, value in pairs if name == "v1" and _SIGNATURE.fullmatch(value)]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not 0 < len(given) <= _MOST_SIGNATURES:
        raise Refusal(401, "not_signed", f"{HEADER} is not t=<unix seconds>,v1=<64 hex digits>")
    return times[0], [bytes.fromhex(value) for value in given]
