"""What must never be read by anybody: tokens in texts, log records and tracebacks.

Two nets. Secrets that the program knows are registered and replaced wherever they stand, also in
their URL-quoted and JSON-escaped spelling. Patterns catch what it does not know: ``access_token=…``
in a link that a platform sent, ``Bearer …``, WooCommerce keys, user and password before an ``@``.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from urllib.parse import quote, quote_plus

MASK = "[redacted]"

# Shorter values would blank ordinary words out of every message.
_SHORTEST = 4

_NAMES = (
    r"access_token|accesstoken|token_auth|refresh_token|id_token|input_token|auth_token|page_token|"
    r"client_secret|app_secret|appsecret_proof|consumer_key|consumer_secret|api_key|apikey|x-api-key|"
    r"password|passwd|secret|token|signature|oauth_signature|set-cookie|cookie|authorization|access-token"
)
# What is masked already is left alone, so that redacting twice changes nothing.
_NEW = r"(?!\[redacted\])"
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(://){_NEW}[^/\s@\"'<>]{{1,512}}@"), rf"\1{MASK}@"),
    # a header up to the end of its line
    (
        re.compile(
            r"(?i)\b((?:proxy-)?authorization|set-cookie|cookie|x-api-key|access-token)(\s*:[ \t]*+)"
            rf"{_NEW}[^\r\n\"'{{]+"
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(rf"(?i)\b(bearer|digest)(\s+|%20|\+){_NEW}[A-Za-z0-9._~+/%|:-]{{8,}}=*"), rf"\1 {MASK}"),
    (re.compile(r"\b(Basic)\s+(?=\S*[A-Z0-9+/=])[A-Za-z0-9+/]{8,}={0,2}"), rf"\1 {MASK}"),
    # name=value of a query or form, also with the = quoted
    (re.compile(rf"(?i)\b({_NAMES})(=|%3D){_NEW}[^&\s\"'<>;,)\]}}]+"), rf"\1\2{MASK}"),
    # "name": "value" of JSON or of a printed dict, with the quotes escaped or not
    (
        re.compile(rf"(?i)([\"'](?:{_NAMES})\\?[\"']\s*:\s*b?\\?)([\"']){_NEW}(?:(?!\2)[^\\]|\\.)*\2?"),
        rf"\1\2{MASK}\2",
    ),
    (re.compile(r"\b(?:ck|cs)_[0-9A-Za-z]{16,}"), MASK),
    (re.compile(r"\bEAA[0-9A-Za-z]{16,}"), MASK),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"), MASK),
)

# Control characters, line separators and marks that turn the writing direction: one event, one line.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")

_known: set[str] = set()
_known_pattern: re.Pattern[str] | None = None
_lock = threading.Lock()


def register_secret(*values: str) -> None:
    """From now on these values, in every usual spelling, are replaced in every text."""
    global _known_pattern  # noqa: PLW0603 - one net for the whole process is the point
    spellings = {spelling for value in values for spelling in _spellings(value)}
    with _lock:
        if spellings <= _known:
            return
        _known.update(spellings)
        longest_first = sorted(_known, key=lambda text: (-len(text), text))
        _known_pattern = re.compile("|".join(map(re.escape, longest_first)))


def _spellings(value: str) -> set[str]:
    value = value.strip()
    if len(value) < _SHORTEST:
        return set()
    escaped = json.dumps(value)[1:-1]
    return {value, quote(value, safe=""), quote_plus(value), quote(value), escaped, repr(value)[1:-1]}


def redact(text: str) -> str:
    """The text with every known secret and everything that looks like one replaced by a mask."""
    pattern = _known_pattern
    if pattern is not None:
        text = pattern.sub(MASK, text)
    for expression, replacement in _PATTERNS:
        text = expression.sub(replacement, text)
    return text


def one_line(text: str) -> str:
    """Control characters as visible escapes (``\\n``, ``\\x1b``): a text cannot forge a log line."""
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def excerpt(body: bytes, length: int = 200) -> str:
    """The first characters of an answer as one redacted line, for messages.

    Redacted before it is cut, because half a token would no longer be recognised.
    """
    text = one_line(redact(body[: length + 4096].decode("utf-8", "replace")))
    return text if len(text) <= length else text[:length] + "…"


class RedactingFilter(logging.Filter):
    """Rewrites a record, whatever logger made it: redacted, one line, no live exception left in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        _clean(record)
        record.exc_info = None
        for name, value in vars(record).items():
            if name not in _STANDARD and isinstance(value, str):
                setattr(record, name, one_line(redact(value)))
        return True


_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def _clean(record: logging.LogRecord) -> None:
    """Message, traceback and stack of a record in their safe form. The second time changes nothing."""
    try:
        message = record.getMessage()
    except Exception:  # noqa: BLE001 - a bad format string must not end the night
        message = f"{record.msg} {record.args!r}"
    record.msg, record.args = one_line(redact(message)), ()
    if record.exc_info and record.exc_info[0] is not None:
        lines = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        record.exc_text = one_line(redact(lines))
    elif record.exc_text:
        record.exc_text = one_line(redact(record.exc_text))
    if record.stack_info:
        record.stack_info = one_line(redact(record.stack_info))


def install_redaction() -> None:
    """Puts the net under everything: every log record, every root handler, every uncaught exception.

    Call it once logging is configured, and again after handlers were added. The HTTP library's own
    debug lines (they quote whole addresses) are switched off.
    """
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _RedactingFactory):
        logging.setLogRecordFactory(_RedactingFactory(factory))
    for handler in logging.getLogger().handlers:
        if not any(isinstance(present, RedactingFilter) for present in handler.filters):
            handler.addFilter(RedactingFilter())
    sys.excepthook = _tell_uncaught
    threading.excepthook = lambda args: _tell(args.exc_type, args.exc_value, args.exc_traceback)


class _RedactingFactory:
    """Makes records clean at birth, so that handlers nobody told of redaction cannot leak."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: object, **kwargs: object) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        _clean(record)
        return record


def _tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, SystemExit):
        return
    print(redact("".join(traceback.format_exception(kind, error, trace))), end="", file=sys.stderr)  # noqa: T201


def _tell_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _tell(kind, error, trace)
