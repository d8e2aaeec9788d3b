"""What answers tell of limits, in every platform's own words.

Documentation of the headers:
https://developers.facebook.com/docs/graph-api/overview/rate-limiting (Facebook, Instagram, ads),
https://docs.x.com/x-api/fundamentals/rate-limits, https://docs.joinmastodon.org/api/rate-limits/,
https://docs.bsky.app/docs/advanced-guides/rate-limits (Bluesky, the draft of the IETF),
https://integrations.impact.com/brand-api-reference/readme/rate-limits (impact.com).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from pipeline.http.limits import Allowance, Rates, costs_nothing
from pipeline.http.reading import Answer, http_date

_PERCENT = 100.0
_SHARES = ("call_count", "total_cputime", "total_time")
_AD_SHARES = ("acc_id_util_pct", "app_id_util_pct")
# A number of seconds beyond this is no moment of ours.
_LAST_SECOND = 2**34


def meta_rates(kind: str) -> Rates:
    """The limits of the Graph API: the app's own and those of a business use case (``pages``, ``instagram``)."""
    return Rates(read=meta_usage, bucket=lambda _: ("app", kind), cost=costs_nothing)


def meta_usage(_path: str, answer: Answer) -> Iterator[Allowance]:
    """Percent used, by app and by business use case; the time to regain access comes in minutes.

    Nothing is sent while the usage is next to nothing.
    """
    now = http_date(answer.headers.get("Date", ""))
    app = _objects(answer.headers.get("X-App-Usage"))
    ads = _objects(answer.headers.get("X-Ad-Account-Usage")) + _objects(
        answer.headers.get("X-FB-Ads-Insights-Throttle")
    )
    yield from _most_used("app", app, _SHARES, now)
    yield from _most_used("ads", ads, _AD_SHARES, now)
    cases: dict[str, list[Mapping[str, object]]] = {}
    for business in _objects(answer.headers.get("X-Business-Use-Case-Usage")):
        for uses in business.values():
            for use in uses if isinstance(uses, list) else ():
                if isinstance(use, dict):
                    cases.setdefault(str(use.get("type")), []).append(use)
    for kind, found in cases.items():
        yield from _most_used(kind, found, _SHARES, now)


def _most_used(
    name: str, uses: list[Mapping[str, object]], shares: tuple[str, ...], now: datetime | None
) -> Iterator[Allowance]:
    told = [number for use in uses for share in shares if (number := _number(use.get(share))) is not None]
    if not told:
        return
    minutes = max((_number(use.get("estimated_time_to_regain_access")) or 0.0 for use in uses), default=0.0)
    resets_at = now + timedelta(minutes=minutes) if now and 0 < minutes <= _LAST_SECOND / 60 else None
    # A platform that says when it gives access again does not give it now, whatever the percentages.
    remaining = 0.0 if resets_at else max(0.0, _PERCENT - max(told))
    yield Allowance(name, _PERCENT, remaining, resets_at)


def x_headers(_path: str, answer: Answer) -> Iterator[Allowance]:
    """``x-rate-limit-…`` of the endpoint that was asked; the reset in unix seconds."""
    yield from _counted(answer.headers, "x-rate-limit", _unix)


def x_ads_headers(path: str, answer: Answer) -> Iterator[Allowance]:
    """``x-account-rate-limit-…`` of the advertising account where it is told, else that of the user."""
    yield from list(_counted(answer.headers, "x-account-rate-limit", _unix)) or x_headers(path, answer)


def mastodon_headers(_path: str, answer: Answer) -> Iterator[Allowance]:
    """``X-RateLimit-…``; the reset as an ISO time with microseconds."""
    yield from _counted(answer.headers, "X-RateLimit", _iso)


def bluesky_headers(_path: str, answer: Answer) -> Iterator[Allowance]:
    """``RateLimit-…``; the reset in unix seconds."""
    yield from _counted(answer.headers, "RateLimit", _unix)


def seconds_left_headers(_path: str, answer: Answer) -> Iterator[Allowance]:
    """``X-RateLimit-…`` whose reset is the number of seconds until then (impact.com)."""
    now = http_date(answer.headers.get("Date", ""))

    def after(text: str) -> datetime | None:
        seconds = _number(text)
        return now + timedelta(seconds=seconds) if now and seconds is not None and seconds < _LAST_SECOND else None

    yield from _counted(answer.headers, "X-RateLimit", after)


def _counted(headers: Mapping[str, str], prefix: str, moment: Callable[[str], datetime | None]) -> Iterator[Allowance]:
    limit, remaining = _number(headers.get(f"{prefix}-limit")), _number(headers.get(f"{prefix}-remaining"))
    if limit is not None and remaining is not None and limit > 0:
        yield Allowance("", limit, remaining, moment(headers.get(f"{prefix}-reset", "").strip()[:40]))


def _unix(text: str) -> datetime | None:
    seconds = _number(text)
    return datetime.fromtimestamp(seconds, UTC) if seconds and seconds < _LAST_SECOND else None


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _number(value: object) -> float | None:
    """A number that is not negative, written as one or as text; None for everything else."""
    text = str(value).strip()
    return float(text) if text.isascii() and len(text) < 20 and text.replace(".", "", 1).isdigit() else None


def _objects(header: str | None) -> list[Mapping[str, object]]:
    """The JSON object of a header; nothing where it is none."""
    try:
        told = msgspec.json.decode(header or "null")
    except (msgspec.DecodeError, RecursionError):
        return []
    return [told] if isinstance(told, dict) else []
