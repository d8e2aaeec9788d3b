"""Checking an OAuth 1.0a signature as the platform does: worked out anew from the request that arrived."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from hashlib import sha1
from typing import Final
from urllib.parse import quote, unquote

from pipeline.simulator.allowance import COPY
from pipeline.simulator.platforms.x_ads.account import KEYS
from pipeline.simulator.wire import Request

_NEEDED: Final = frozenset(
    f"oauth_{name}" for name in ("consumer_key", "nonce", "signature", "signature_method", "timestamp", "token")
)


def is_signed(request: Request) -> bool:
    """Whether the request was signed with the app's and the user's keys."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    told = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', rest)}
    if scheme != "OAuth" or not told.keys() >= _NEEDED or not told["oauth_timestamp"].isdigit():
        return False
    if (told["oauth_consumer_key"], told["oauth_token"]) != (KEYS["consumer_key"], KEYS["token"]):
        return False
    # What a copy is asked was signed with the copy's own id, which is not in the request any more.
    return COPY in request.headers or hmac.compare_digest(told.pop("oauth_signature"), _signature(request, told))


def _signature(request: Request, told: dict[str, str]) -> str:
    address = request.base + request.target.partition("?")[0]
    pairs = sorted((_percent(name), _percent(value)) for name, value in [*request.query, *told.items()])
    parameters = "&".join(f"{name}={value}" for name, value in pairs)
    text = "&".join(_percent(part) for part in (request.method, address, parameters))
    key = f"{_percent(KEYS['consumer_secret'])}&{_percent(KEYS['token_secret'])}"
    return b64encode(hmac.digest(key.encode(), text.encode(), sha1)).decode()


def _percent(text: str) -> str:
    return quote(text, safe="~")
