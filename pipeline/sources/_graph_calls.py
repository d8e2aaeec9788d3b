"""What every call of the Graph API may carry: the proof of the app, and many metrics although one may be gone."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from pipeline.settings import Account
from pipeline.sources._graph_errors import MetricRefused

# From https://developers.facebook.com/docs/graph-api/changelog; of v26.0 no end is announced.
_LAST_DAYS: Mapping[str, date] = {
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}

T = TypeVar("T")
Params = tuple[tuple[str, str | int], ...]


def versioned(base: str, version: str) -> str:
    """The address with a version in it: without one, the platform would answer with the oldest it still has."""
    base = base.rstrip("/")
    return base if re.search(r"/v\d+\.\d+$", base) else f"{base}/{version}"


def last_day(base: str, version: str) -> tuple[str, date] | None:
    """The version that is asked at the address, and its last day where the platform has named one."""
    used = versioned(base, version).rpartition("/")[2]
    return (used, _LAST_DAYS[used]) if used in _LAST_DAYS else None


def proven(account: Account, params: Params) -> Params:
    """The parameters with the app's proof of its token, where the account has the secret of the app."""
    secret = account.secrets.get("app_secret")
    if secret is None:
        return params
    key, token = secret.reveal().encode(), account.secrets["token"].reveal().encode()
    return (*params, ("appsecret_proof", hmac.new(key, token, hashlib.sha256).hexdigest()))


class Metrics:
    """The metrics that this run still believes in. A refused one is never asked for again."""

    def __init__(self, skipped: Sequence[str]) -> None:
        self._gone: set[str] = set(skipped)
        self.refused: list[str] = []

    def alive(self, metrics: Sequence[str]) -> tuple[str, ...]:
        return tuple(metric for metric in metrics if metric not in self._gone)

    def ask(self, metrics: Sequence[str], ask: Callable[[tuple[str, ...]], T]) -> Generator[T, None, None]:
        """The answers for all metrics that are not refused: one, or a few when some are.

        k refused metrics of n cost at most 2·k·log₂(n) + 1 calls, and the halves that are accepted
        are answers in themselves.
        """
        group = self.alive(metrics)
        if group:
            yield from self._halve(group, ask, surely_refused=False)

    def _halve(
        self, group: tuple[str, ...], ask: Callable[[tuple[str, ...]], T], *, surely_refused: bool
    ) -> Generator[T, None, bool]:
        """Returns whether a metric of the group was refused."""
        if not surely_refused:
            try:
                answer = ask(group)
            except MetricRefused:
                pass
            else:
                yield answer
                return False
        if len(group) == 1:
            self._gone.add(group[0])
            self.refused.append(group[0])
            return True
        left, right = group[: len(group) // 2], group[len(group) // 2 :]
        left_refused = yield from self._halve(left, ask, surely_refused=False)
        # When the left half is fine, the culprit is on the right: asking would only say so again.
        yield from self._halve(right, ask, surely_refused=not left_refused)
        return True
