"""Asking platforms over HTTP: one session per unit, whole answers, redacted errors.

``Session`` fetches, a ``Judge`` of the source decides what an answer means, ``judge_status`` is the
usual one. Redirects are never followed, tokens travel in headers or a POST body only, and nothing
that is raised or logged here shows one.
"""

from __future__ import annotations

from pipeline.http.reading import Answer, Judge, judge_status, looks_like_html, retry_after
from pipeline.http.redaction import (
    RedactingFilter,
    excerpt,
    install_redaction,
    one_line,
    redact,
    register_secret,
)
from pipeline.http.session import Limits, Session

__all__ = [
    "Answer",
    "Judge",
    "Limits",
    "RedactingFilter",
    "Session",
    "excerpt",
    "install_redaction",
    "judge_status",
    "looks_like_html",
    "one_line",
    "redact",
    "register_secret",
    "retry_after",
]
