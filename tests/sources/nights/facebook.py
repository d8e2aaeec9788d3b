"""A night of one page: posts over two pages, and more comments below one of them than come with it."""

from __future__ import annotations

import json

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture


def answer(asked: Asked) -> Reply:
    if asked.path.endswith("/insights"):
        return Reply(fixture(f"facebook/insights_{asked.query['period']}"))
    if asked.path.endswith("/published_posts"):
        page = json.dumps(fixture(f"facebook/posts_{2 if 'after' in asked.query else 1}"))
        return Reply(page.replace("{base}", f"http://{asked.headers['host']}").encode())
    if asked.path.endswith("/comments"):
        return Reply(fixture("facebook/comments_2"))
    return Reply(fixture("facebook/page"))
