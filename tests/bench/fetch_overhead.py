"""What a request costs in CPU beyond the HTTP library's own: with limits kept on disk and a token that is renewed.

The ratio is the difference to requests alone, in shares of the 3 ms that are promised; below 0 it is cheaper.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median as middle
from typing import Any

from tests.bench import server
from tests.bench.measure import Line, alternate, child, folder, median, peak, runs

REQUESTS = 3000
MOST_MS = 3.0
NAMES = ("fetch_overhead",)


def lines(scale: float, _wanted: frozenset[str]) -> Iterator[Line]:
    requests = max(20, round(REQUESTS * scale))
    with folder("fetch-overhead") as place, server.running(place, 1) as port:
        mine, plain = alternate(
            lambda: child("fetch_overhead:ours", port=port, requests=requests, state=place),
            lambda: child("fetch_overhead:plain", port=port, requests=requests),
            runs(scale),
        )
    beyond = middle(float(a["cpu_ms"]) - float(b["cpu_ms"]) for a, b in zip(mine, plain, strict=True))
    more = {
        "requests": requests,
        "cpu_ms": median(mine, "cpu_ms"),
        "peer_cpu_ms": median(plain, "cpu_ms"),
        "peer_seconds": median(plain),
    }
    yield Line("fetch_overhead", beyond / MOST_MS, 1, median(mine), peak(mine), more)


def ours(port: int, requests: int, state: str) -> dict[str, Any]:
    """The same small answer again and again, each request reserved, counted and given its token."""
    from pipeline.http import Grant, Rates, Session, Token, judge_status, x_headers
    from pipeline.settings import Account, Secret

    base, refresh = f"http://127.0.0.1:{port}", Secret("env:REFRESH", "a refresh token")
    account = Account("bench", "104001", "Bench", base, "UTC", state=Path(state))
    token = Token(account, refresh=refresh, renew=lambda *_: Grant("an-access-token", expires_in=7200))
    with Session(
        platform="bench",
        account="104001",
        night=None,
        base=base,
        rates=Rates(read=x_headers),
        state=account.state,
        token=token,
    ) as http:
        http.get("records", {"after": 0}, judge=judge_status)
        start, worked = time.perf_counter(), time.process_time()
        for _ in range(requests):
            http.get("records", {"after": 0}, judge=judge_status)
    return _measured(start, worked, requests)


def plain(port: int, requests: int) -> dict[str, Any]:
    """The same with requests alone, the token in a header of its session."""
    import requests as library

    with library.Session() as session:
        session.headers["Authorization"] = "Bearer an-access-token"
        session.get(f"http://127.0.0.1:{port}/records", params={"after": 0})
        start, worked = time.perf_counter(), time.process_time()
        for _ in range(requests):
            session.get(f"http://127.0.0.1:{port}/records", params={"after": 0}).raise_for_status()
    return _measured(start, worked, requests)


def _measured(start: float, worked: float, requests: int) -> dict[str, Any]:
    seconds, cpu = time.perf_counter() - start, time.process_time() - worked
    return {"seconds": seconds, "cpu_ms": cpu / requests * 1000}
