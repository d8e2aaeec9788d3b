"""Sends one message by Apprise, in a process of its own: run as a script, never imported by the pipeline.

A request that hangs cannot be ended inside a process; a process can. What it is to send comes by standard input and
never stands in an argument or the environment; what became of it goes out as one JSON object: ``error`` is None when
the channel accepted, else a few words of ours: none of Apprise's, which may hold the address.

Redirects are never followed: the next host would be given the token. Nothing goes out in clear beyond this machine,
but mail without a password.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]"}
# Of Apprise's warnings only the status of the answer is told on.
_STATUS = re.compile(r"error=(\d{3})\b")
_TYPES = {"critical": "failure", "warning": "warning", "info": "info", "over": "success"}


class _Statuses(logging.Handler):
    """Keeps the numbers of the answers, and nothing else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found += _STATUS.findall(record.getMessage())


def send(order: dict[str, Any]) -> str | None:
    """Send what ``order`` says (url, title, body, severity, mark, timeout). Returns why it was not accepted."""
    from apprise import Apprise, AppriseAsset, NotifyFormat

    statuses = _Statuses()
    logger = logging.getLogger("apprise")
    logger.handlers, logger.propagate = [statuses], False
    logger.setLevel(logging.WARNING)
    asset = AppriseAsset(
        http_redirects=False, storage_mode="memory", app_id="Vigie", app_desc="Vigie", app_url="",
        # No picture of somebody else's server is fetched by whoever reads it.
        image_url_mask="", image_url_logo="", image_path_mask="",
    )  # fmt: skip
    plugin = Apprise.instantiate(known_form(order["url"]), asset=asset)
    if plugin is None:
        return "the address is none that Apprise knows"
    if complaint := _open_to_others(plugin, order["url"]):
        return complaint
    plugin.redirects = False
    plugin.socket_connect_timeout = plugin.socket_read_timeout = float(order["timeout"])
    _mark(plugin, order["mark"])
    began = time.monotonic()
    # As plain text: Apprise then escapes what the channel would obey.
    sent = plugin.notify(
        title=order["title"],
        body=order["body"],
        notify_type=_TYPES[order["severity"]],
        body_format=NotifyFormat.TEXT,
    )
    if sent:
        return None
    if statuses.found:
        return f"HTTP {statuses.found[-1]}"
    # The channel may have it all the same.
    return "no answer in time" if time.monotonic() - began >= order["timeout"] else "no connection, or not accepted"


def known_form(url: str) -> str:
    """An https:// address that is no chat's own is a webhook: it is posted JSON. http:// likewise, on this machine."""
    from apprise import Apprise

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return url
    if parts.scheme == "https" and Apprise.instantiate(url) is not None:
        return url
    return urlunsplit(parts._replace(scheme="jsons" if parts.scheme == "https" else "json"))


def _open_to_others(plugin: Any, url: str) -> str | None:
    """What would travel in clear: everything of a webhook, the password of a mail account."""
    schema = urlsplit(url).scheme.lower()
    in_clear = (schema == "http" or schema in _names(plugin.protocol)) and schema not in _names(plugin.secure_protocol)
    if not in_clear or (getattr(plugin, "host", None) or "").lower() in LOOPBACK:
        return None
    if schema == "mailto":
        return "the mail account's password would travel in clear: write mailtos://" if plugin.password else None
    if getattr(plugin, "host", None):
        return "the address is not encrypted: write its form with s, like jsons:// or https://"
    return None


def _names(protocol: object) -> tuple[str, ...]:
    return (protocol,) if isinstance(protocol, str) else tuple(protocol or ())  # type: ignore[arg-type]


def _mark(plugin: Any, mark: str) -> None:
    """What tells a message that was sent twice: a header of our own, and the identity of a mail."""
    if isinstance(getattr(plugin, "headers", None), dict):
        plugin.headers["X-Vigie-Message" if "smtp_host" in vars(plugin) else "Idempotency-Key"] = mark


def main() -> None:
    """One message: from standard input, its outcome to standard output."""
    order = json.load(sys.stdin)
    try:
        error = send(order)
    except Exception as failed:  # noqa: BLE001 - its text may hold the address
        error = f"not sent: {type(failed).__name__}"
    json.dump({"error": error}, sys.stdout)


if __name__ == "__main__":
    main()
