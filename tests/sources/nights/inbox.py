"""A night of an inbox: what two forms sent, taken as it is taken over HTTP, and read from the spool."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline.sources.inbox.desk import Desk
from pipeline.sources.inbox.signature import HEADER, sign
from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture
from tests.sources.reading import account

_FOLDER: Final = tempfile.TemporaryDirectory()
SITE: Final = "www.example.org"
OPTIONS: Final[dict[str, Any]] = {"spool": _FOLDER.name}


def _taken() -> None:
    """Each message at the second that its fixture names, by the hands that take those of real forms."""
    for told in fixture("inbox/messages"):
        at = datetime.fromisoformat(told["received_at"])
        there = replace(account("inbox", "http://127.0.0.1:9", **OPTIONS), site=SITE)
        body = json.dumps(told["body"]).encode()
        headers = {HEADER: sign(there.secrets["secret"].reveal(), body, int(at.timestamp()))}
        Desk([there], now=lambda at=at: at.astimezone(UTC)).take({**headers, **told["headers"]}, body)  # type: ignore[misc]


def answer(asked: Asked) -> Reply:
    """Nobody is asked anything: a request would be an error."""
    return Reply({"error": f"nobody expected {asked.path}"}, 500)


if not any(Path(_FOLDER.name).iterdir()):
    _taken()
