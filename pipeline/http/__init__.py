"""Asking platforms over HTTP: one session per unit, whole answers, limits kept, redacted errors.

``Session`` fetches, a ``Judge`` of the source decides what an answer means, ``judge_status`` is the
usual one. ``Rates`` are the limits that a platform sets, ``Token`` is an access token that ends, ``Signature`` signs.
Redirects are never followed, tokens travel in headers or a POST body only, and nothing that is
raised or logged here shows one.
"""

from __future__ import annotations

from pipeline.http.dialects import bluesky_headers, mastodon_headers, meta_rates, meta_usage, x_ads_headers, x_headers
from pipeline.http.limits import Allowance, Known, Limits, Rates
from pipeline.http.oauth1 import Signature
from pipeline.http.reading import Answer, Judge, judge_status, looks_like_html, retry_after
from pipeline.http.redaction import (
    RedactingFilter,
    excerpt,
    install_redaction,
    one_line,
    redact,
    register_secret,
)
from pipeline.http.session import Session
from pipeline.http.spool import Spool
from pipeline.http.tokens import Expiry, Grant, Token, judge_grant, known_expiry, standard_grant

__all__ = [
    "Allowance",
    "Answer",
    "Expiry",
    "Grant",
    "Judge",
    "Known",
    "Limits",
    "Rates",
    "RedactingFilter",
    "Session",
    "Signature",
    "Spool",
    "Token",
    "bluesky_headers",
    "excerpt",
    "install_redaction",
    "judge_grant",
    "judge_status",
    "known_expiry",
    "looks_like_html",
    "mastodon_headers",
    "meta_rates",
    "meta_usage",
    "one_line",
    "redact",
    "register_secret",
    "retry_after",
    "standard_grant",
    "x_ads_headers",
    "x_headers",
]
