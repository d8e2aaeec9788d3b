"""A night of a channel that is read as its owner, and two channels of others."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS = {
    "client_id": "104.apps.example",
    "tracked": ("UCsomebodyElse0000000001", "UCsomebodyElse0000000002"),
    "analytics_base": "{base}/analytics",
    "token_base": "{base}/oauth",
}


def answer(asked: Asked) -> Reply:
    page = 2 if "pageToken" in asked.query else 1
    names = {
        "/oauth/token": "grant",
        "/channels": "channels",
        "/playlistItems": f"uploads_{page}",
        "/videos": "videos",
        "/commentThreads": f"threads_{page}",
        "/comments": "replies",
        "/analytics/reports": {"day": "days", "video": "totals"}.get(asked.query.get("dimensions", ""), ""),
    }
    return Reply(fixture(f"youtube/{names[asked.path]}"))
