"""What an answer's status and headers mean, where a platform has no rules of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http.origin import origin_of
from pipeline.http.redaction import excerpt

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Answer:
    """One complete HTTP answer. ``headers`` ignore case; ``body`` is unpacked, without a mark of the byte order.

    ``wire`` is the body as it came where that is packed and somebody wants to keep it.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    wire: bytes | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A reader may pass over it, and whoever takes the body apart by its bytes must.
        if self.body.startswith(_BOM):
            object.__setattr__(self, "body", self.body.removeprefix(_BOM))


Judge = Callable[[Answer], None]


def judge_status(answer: Answer) -> None:
    """The default reading: returns for a 2xx that is not HTML, raises for everything else.

    SourceUnavailable: 408, 425, 429, 5xx, and HTML or nothing where JSON is expected.
    SourceRefused: 3xx, 401, 403. SourceChanged: any other status.
    """
    status = answer.status
    if 200 <= status < 300:
        if looks_like_html(answer):
            raise SourceUnavailable(f"a login or maintenance page came instead of data: {excerpt(answer.body)}")
        if not answer.body and status == 200:
            raise SourceUnavailable("an empty answer came instead of data")
        return
    if 300 <= status < 400:
        raise refused_redirect(answer)
    said = f"HTTP {status}: {excerpt(answer.body)}"
    if status in {408, 425, 429} or status >= 500:
        raise SourceUnavailable(said, retry_after=retry_after(answer.headers))
    if status in {401, 403}:
        raise SourceRefused(f"{said} (renew the credentials of this account, or give them the permission)")
    raise SourceChanged(said)


def refused_redirect(answer: Answer) -> SourceRefused:
    """Names the host only: the rest of such a link may carry a token."""
    target = origin_of(answer.headers.get("Location", ""))
    where = f"to {target.scheme}://{target.host}:{target.port}" if target else "to another address"
    return SourceRefused(f"HTTP {answer.status}: redirect {where} refused; correct the base address")


def looks_like_html(answer: Answer) -> bool:
    """True for what a browser would show. Some sites label their JSON as HTML, so the body decides."""
    start = answer.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    kind = answer.headers.get("Content-Type", "").lower()
    return start == b"<" or ("html" in kind and start not in (b"{", b"[", b""))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the platform asks to wait: number or HTTP date, never negative; None if it says nothing.

    A date is read against the answer's own ``Date`` header, so that two clocks that differ do no harm.
    """
    text = headers.get("Retry-After", "").strip()[:64]
    if not text:
        return None
    sign, digits = text[:1], text.lstrip("+-").partition(".")[0]
    if digits.isascii() and digits.isdigit():
        return 0.0 if sign == "-" else float(digits)
    until, now = http_date(text), http_date(headers.get("Date", ""))
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """An HTTP date in UTC, None where it cannot be read."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
