"""Signing requests with OAuth 1.0a by HMAC-SHA1, as RFC 5849 has it, for platforms that still ask for it.

Documentation: https://www.rfc-editor.org/rfc/rfc5849#section-3
"""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from hashlib import sha1
from urllib.parse import parse_qsl, quote, urlsplit

from pipeline.errors import ConfigError
from pipeline.http.redaction import register_secret
from pipeline.settings import Secret

_PORTS = {"http": 80, "https": 443}


class Signature:
    """Who asks (an application) and for whom (a user's token). Shows none of its secrets when printed."""

    def __init__(
        self,
        consumer_key: Secret,
        consumer_secret: Secret,
        token: Secret,
        token_secret: Secret,
        *,
        now: Callable[[], float] = time.time,
        nonce: Callable[[], str] = secrets.token_hex,
    ) -> None:
        self._consumer, self._token = (consumer_key, consumer_secret), (token, token_secret)
        self._now, self._nonce = now, nonce
        for secret in (*self._consumer, *self._token):
            text = secret.reveal()
            if not text or not text.isascii() or not text.isprintable() or text != text.strip():
                raise ConfigError(f"{secret.reference}: the value is empty or has line breaks or spaces")
            register_secret(text, escaped(text))

    def header(self, method: str, url: str) -> str:
        """The ``Authorization`` of one request without a form, good for this one alone."""
        told = {
            "oauth_consumer_key": self._consumer[0].reveal(),
            "oauth_nonce": self._nonce(),
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_timestamp": str(int(self._now())),
            "oauth_token": self._token[0].reveal(),
            "oauth_version": "1.0",
        }
        base = base_string(method, url, told.items())
        told["oauth_signature"] = signed(base, self._consumer[1].reveal(), self._token[1].reveal())
        return "OAuth " + ", ".join(f'{name}="{escaped(value)}"' for name, value in sorted(told.items()))


def escaped(text: str) -> str:
    """Everything but letters, digits and ``-._~`` in percent, as UTF-8."""
    return quote(text, safe="-._~")


def base_string(method: str, url: str, told: Iterable[tuple[str, str]], form: Iterable[tuple[str, str]] = ()) -> str:
    """What is signed: the method, the address without its query, and every parameter in order."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, _PORTS.get(parts.scheme.lower())) else f":{parts.port}"
    where = f"{parts.scheme.lower()}://{(parts.hostname or '').lower()}{port}{parts.path or '/'}"
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *form, *told]
    ordered = sorted((escaped(name), escaped(value)) for name, value in pairs if name != "realm")
    return "&".join(map(escaped, (method.upper(), where, "&".join(f"{name}={value}" for name, value in ordered))))


def signed(base: str, consumer_secret: str, token_secret: str) -> str:
    """The signature of a base string."""
    key = f"{escaped(consumer_secret)}&{escaped(token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), sha1).digest()).decode()
