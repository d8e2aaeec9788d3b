"""One small night of each platform, made by hand in its shapes, and every byte that is kept of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Account
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import SECRETS, account, fetch, unit
from tests.sources.wp import listed, route

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def answer(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def facebook(asked: Asked) -> Reply:
    if asked.path.endswith("/insights"):
        return Reply(answer(f"facebook/insights_{asked.query['period']}"))
    if asked.path.endswith("/published_posts"):
        page = json.dumps(answer(f"facebook/posts_{2 if 'after' in asked.query else 1}"))
        return Reply(page.replace("{base}", f"http://{asked.headers['host']}").encode())
    return Reply(answer("facebook/page"))


def wordpress(asked: Asked) -> Reply:
    if "/rest/v1" not in asked.path:
        return listed(answer(f"wordpress/{route(asked).rsplit('/', 1)[-1]}"), asked)
    last = asked.path.rsplit("/", 1)[-1]
    names = {"visits": "visits", "summary": "summary", "7412": "post", "7420": "post_without_views"}
    return Reply(answer(f"wordpress/{names[last]}"))


def matomo(asked: Asked) -> Reply:
    name = ".".join(filter(None, (asked.form["method"], asked.form.get("idGoal"))))
    return Reply(answer(f"matomo/{name}"))


def woocommerce(asked: Asked) -> Reply:
    if route(asked).endswith("/refunds"):
        return listed(answer("woocommerce/refunds"), asked)
    return listed(
        answer("woocommerce/orders_trash" if asked.query["status"] == "trash" else "woocommerce/orders"), asked
    )


PLATFORMS: dict[str, Callable[[Asked], Reply]] = {
    "facebook": facebook,
    "matomo": matomo,
    "woocommerce": woocommerce,
    "wordpress": wordpress,
}


def there(platform: str, server: Loopback) -> Account:
    server.answers = PLATFORMS[platform]
    if platform != "wordpress":
        return account(platform, server.base)
    return account(platform, server.base, secrets={"stats_token": "stats-token-dddd"}, stats_base=server.base)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_kept_of_a_night_is_exactly_this(server: Loopback, platform: str) -> None:
    source = there(platform, server)
    read = fetch(source, unit(source, days=2))
    kept = [f"{stream}\t{record.decode()}" for stream, records in sorted(read.raw.items()) for record in records]
    assert kept == (FIXTURES / platform / "kept.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_nothing_that_is_kept_names_a_buyer_or_holds_a_credential(server: Loopback, platform: str) -> None:
    source = there(platform, server)
    kept = b"".join(b"".join(records) for records in fetch(source, unit(source, days=2)).raw.values())
    for word in ("Nobody", "192.0.2.44", "birthday", "stats-token-dddd", *SECRETS[platform].values()):
        assert word.encode() not in kept
