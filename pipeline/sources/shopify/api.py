"""Asking a shop: one address for every query, the answer's data in a given shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

from pipeline.http import Session
from pipeline.sources._answers import decode
from pipeline.sources.shopify.errors import judge

# Versions are quarterly and live for a year; an older one is answered as the oldest that lives.
API_VERSION: Final = "2026-07"
_PATH: Final = f"admin/api/{API_VERSION}/graphql.json"

T = TypeVar("T")


class _Envelope(msgspec.Struct):
    data: msgspec.Raw


class Api:
    """One shop. ``served`` is the version that it answers as, once it has told."""

    def __init__(self, http: Session) -> None:
        self.http = http
        self.served: str | None = None

    def ask(self, query: str, variables: Mapping[str, object], shape: type[T], what: str) -> T:
        """The data of an answer without errors. SourceChanged says ``what`` does not fit."""
        answer = self.http.post(_PATH, json={"query": query, "variables": dict(variables)}, judge=judge)
        self.served = answer.headers.get("X-Shopify-API-Version") or self.served
        return decode(decode(answer, _Envelope, what).data, shape, what)
