"""What an advertising account's readers may ask in an hour, told as percentages in three headers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Final

from pipeline.simulator.allowance import Allowance, Count
from pipeline.simulator.platforms.facebook.allowance import by_account, percent
from pipeline.simulator.platforms.facebook.errors import error
from pipeline.simulator.wire import Pairs, Reply, Request

_WORDS: Final = {
    4: "(#4) Application request limit reached",
    17: "User request limit reached",
    613: "(#613) There have been too many calls from this ad-account. Please wait a bit and try again.",
}


def usage(account: str, percent: float, minutes: int = 0) -> Pairs:
    """The headers of an answer; the time to regain access is in minutes."""
    use = {"type": "ads_insights", "call_count": int(percent), "total_cputime": 2, "total_time": 3}
    use |= {"estimated_time_to_regain_access": minutes}
    return (
        ("X-Business-Use-Case-Usage", json.dumps({account: [use]}, separators=(",", ":"))),
        ("X-Ad-Account-Usage", json.dumps({"acc_id_util_pct": percent}, separators=(",", ":"))),
        (
            "x-fb-ads-insights-throttle",
            json.dumps({"app_id_util_pct": 0.4, "acc_id_util_pct": percent}, separators=(",", ":")),
        ),
    )


def too_many_calls(account: str, minutes: int, code: int) -> Reply:
    """The quota of the account's insights (80000) or management (80004), of the app (4) or the user (17) is spent."""
    told = f"({code}) There have been too many calls from this ad-account. Wait a bit and try again."
    status = 403 if code == 4 else 400
    return error(
        code, _WORDS.get(code, told), status=status, transient=code != 613, headers=usage(account, 100, minutes)
    )


def _told(_request: Request, counts: Sequence[Count]) -> Pairs:
    return tuple(pair for count in counts for pair in usage(count.bucket.name.partition(" ")[0], percent(count)))


def _refused(_request: Request, count: Count) -> Reply:
    return too_many_calls(count.bucket.name.partition(" ")[0], math.ceil(count.seconds / 60), 80000)


def allowance(account_of: Callable[[Request], str | None]) -> Allowance:
    return Allowance(by_account(account_of), _refused, _told)
