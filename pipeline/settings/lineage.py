"""The ``[lineage]`` of the settings: whether steps tell what they read and wrote, and to whom."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.settings.accounts import read_secret
from pipeline.settings.references import References
from pipeline.settings.shape import Lineage
from pipeline.settings.table import Table


def lineage(table: Table, references: References) -> Lineage:
    """The ``[lineage]`` table."""
    read = Lineage(
        events=table.flag("events", Lineage.events),
        url=table.optional_text("url", _address),
        api_key=read_secret(table, "api_key", references),
    )
    table.done()
    return read


def _address(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.password
    except ValueError:
        good = False
    return None if good else "must be an address that begins with https:// or http://, without a password in it"
