"""The file that a bulk operation leaves: on another host, gigabytes perhaps, read piece by piece.

Its address is signed and ends after days. It comes from the shop, so it is data: it must lie on the host that
the settings name for results, and no token of the shop is ever sent there.
Documentation: https://shopify.dev/docs/api/usage/bulk-operations/queries#download-result-data
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Session, excerpt, judge_status
from pipeline.http.origin import origin_of

# So much is held at once; the memory of a night does not grow with the shop.
PIECE: Final = 4 * 2**20
_PARTIAL = 206


class Results:
    """A finished operation's file of ``size`` bytes. ``renewed`` asks the shop for its address again."""

    def __init__(self, http: Session, home: str, size: int, address: str, renewed: Callable[[], str]) -> None:
        self._http, self._home, self._size = http, home, size
        self._address, self._renewed = address, renewed

    def lines(self) -> Iterator[list[bytes]]:
        """Every line, as many at a time as a piece holds. SourceUnavailable where a byte is missing."""
        rest, begin = b"", 0
        while begin < self._size:
            piece = self._piece(begin, min(begin + PIECE, self._size))
            begin += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            yield [line for line in whole if line.strip()]
        if rest.strip():
            yield [rest]

    def _piece(self, begin: int, end: int) -> bytes:
        try:
            answer = self._ask(begin, end)
        except SourceRefused:
            # The signature may have ended while the file was read; a new one is had for the asking.
            self._address = self._renewed()
            answer = self._ask(begin, end)
        # A host that passes over the range gives the whole file.
        asked = self._size if answer.status != _PARTIAL and begin == 0 else end - begin
        if len(answer.body) != asked:
            raise SourceUnavailable(f"the result was cut: {len(answer.body)} of {asked} bytes came")
        return answer.body

    def _ask(self, begin: int, end: int) -> Answer:
        origin, parts = origin_of(self._address), urlsplit(self._address)
        if origin is None or origin != origin_of(self._home):
            raise SourceChanged("the result of the bulk operation lies on another host than the settings name")
        span = {"Range": f"bytes={begin}-{end - 1}", "Accept-Encoding": "identity"}
        base = f"{parts.scheme}://{parts.netloc}"
        with self._http.beside(base, span) as there:
            return there.get(parts.path, parts.query, judge=_judge)


def _judge(answer: Answer) -> None:
    """The store of files speaks XML: 400 and 403 are of the signature."""
    if answer.status in {400, 403}:
        raise SourceRefused(f"renew the signed address of the result: HTTP {answer.status}: {excerpt(answer.body)}")
    judge_status(answer)
