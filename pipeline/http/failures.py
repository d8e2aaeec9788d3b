"""What the HTTP library meant, in words of ours.

Its errors quote whole addresses and hold headers in their frames. Nothing of them is kept: no text,
no chain, only which kind of failure it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from ssl import SSLCertVerificationError

from pipeline.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from pipeline.http.origin import ForbiddenAddress
from pipeline.http.redaction import one_line
from pipeline.http.transport import OversizedHead

_WORDS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"gaierror", "NameResolutionError"}), "the host name cannot be resolved"),
    (frozenset({"ConnectTimeoutError", "ConnectTimeout"}), "no connection in time"),
    (frozenset({"ConnectionRefusedError"}), "the connection was refused"),
    (frozenset({"TimeoutError", "ReadTimeoutError", "ReadTimeout"}), "no answer in time"),
    (frozenset({"IncompleteRead", "InvalidChunkLength"}), "the answer was cut"),
    (frozenset({"ConnectionResetError", "BrokenPipeError", "ConnectionAbortedError"}), "the connection was reset"),
    (frozenset({"RemoteDisconnected"}), "the connection was closed without an answer"),
    (frozenset({"LineTooLong", "HTTPException", "BadStatusLine"}), "the head of the answer cannot be read"),
    (frozenset({"SSLError"}), "the encrypted connection failed"),
)


def explained(error: Exception, *, spent: bool, deadline: float) -> SourceError:
    """The error to raise instead. ``spent``: the deadline of ``deadline`` seconds had passed."""
    if isinstance(error, ForbiddenAddress):
        return SourceRefused(str(error))
    if isinstance(error, OversizedHead):
        return SourceChanged(str(error))
    causes = list(_causes(error))
    certificate = next((c for c in causes if isinstance(c, SSLCertVerificationError)), None)
    if certificate is not None:
        return SourceRefused(f"its certificate is not accepted: {one_line(certificate.verify_message)}")
    if spent:
        return SourceUnavailable(f"the answer was not complete within {deadline:g} s")
    kinds = {type(cause).__name__ for cause in causes}
    for names, words in _WORDS:
        if kinds & names:
            return SourceUnavailable(words)
    return SourceUnavailable(f"the request failed ({type(causes[-1]).__name__})")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that it wraps, outermost first, each once."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
