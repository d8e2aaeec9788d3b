"""A night of the bank: the file of ninety days, of which four are in it."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import FIXTURES


def answer(asked: Asked) -> Reply:
    if asked.path.endswith("/eurofxref-hist-90d.xml"):
        return Reply((FIXTURES / "ecb" / "hist-90d.xml").read_bytes(), headers={"Content-Type": "text/xml"})
    return Reply(b"<html>not found</html>", 404)
