"""One message to one channel, within a bound that nothing on the other side can stretch."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pipeline.http import redact, register_secret
from pipeline.settings import Channel

_COURIER = Path(__file__).with_name("courier.py")
# To start Python and Apprise on a busy machine.
_TO_START = 20.0
# The channel may have it all the same.
NO_ANSWER = "no answer in time"


@dataclass(frozen=True)
class Message:
    """``mark`` is the same whenever the same message is sent; ``severity`` is ``over`` for an end."""

    mark: str
    kind: str
    severity: str
    title: str
    body: str


def send(channel: Channel, message: Message, *, timeout: float) -> str | None:
    """None when the channel accepted, else why not, without any address or secret.

    Takes at most ``timeout`` and twenty seconds, however the other side behaves: the process that sends is then ended.
    """
    if channel.url is None:
        return "its secret is not there"
    register_secret(channel.url.reveal())
    order = {
        "url": channel.url.reveal(),
        "title": message.title,
        "body": message.body,
        "severity": message.severity,
        "mark": message.mark,
        "timeout": timeout,
    }
    try:
        # Without the folder of the script on its path: its neighbours' names are not for others.
        done = subprocess.run(
            [sys.executable, "-P", str(_COURIER)],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout + _TO_START,
        )
        error = json.loads(done.stdout)["error"]
    except subprocess.TimeoutExpired:
        return NO_ANSWER
    except (OSError, ValueError, KeyError, TypeError):
        return "the process that sends broke off"
    return None if error is None else redact(str(error))
