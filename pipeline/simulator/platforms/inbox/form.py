"""The contact form: signs what visitors wrote and sends it to the brand's inbox, as a plugin of a site does."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import requests

from pipeline.simulator.platforms.inbox.account import SECRET
from pipeline.simulator.world.inbox import SITE, Message

PATIENCE: Final = 10.0
# The server of the form stands elsewhere, and says so in every time.
_ZONE: Final = ZoneInfo("America/New_York")


def body(message: Message) -> bytes:
    """What is sent: also what the inbox must not keep."""
    told: dict[str, Any] = {
        "id": message.id,
        "site": SITE,
        "action": message.action,
        "occurred_at": message.happened.astimezone(_ZONE).isoformat(),
        "click_reference": message.click,
        "email": f"Someone{message.id[-3:]}@example.org",
        "name": f"Someone {message.id[-3:]}",
        "message": "I would like to know what a birthday in the ateliers costs.",
        **dict(message.origin),
    }
    if message.value is not None:
        # Some forms write amounts as numbers, some as texts.
        told |= {"value": str(message.value) if message.times == 1 else float(message.value), "currency": "EUR"}
    return json.dumps(told).encode()


def send(session: requests.Session, url: str, message: Message, secret: str = SECRET) -> list[requests.Response]:
    """Send it, as often as it is sent: each time with a signature of its own."""
    content, answers = body(message), []
    for n in range(message.times):
        at = int((message.sent + timedelta(seconds=n)).timestamp())
        digest = hmac.new(secret.encode(), b"%d.%s" % (at, content), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": message.key,
            "X-Vigie-Signature": f"t={at},v1={digest}",
        }
        answers.append(session.post(url, data=content, headers=headers, timeout=PATIENCE))
    return answers
