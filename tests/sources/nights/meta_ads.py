"""A night of an advertising account: a report that is ordered, ready at once, and read in two pages."""

from __future__ import annotations

import json

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

REPORT = "6090000000000000001"


def answer(asked: Asked) -> Reply:
    if asked.method == "POST":
        return Reply({"report_run_id": REPORT})
    if asked.path.endswith("/ads"):
        return Reply(fixture("meta_ads/ads"))
    if asked.path.endswith(f"/{REPORT}/insights"):
        page = json.dumps(fixture(f"meta_ads/insights_{2 if 'after' in asked.query else 1}"))
        return Reply(page.replace("{base}", f"http://{asked.headers['host']}").encode())
    if asked.path.endswith(f"/{REPORT}"):
        return Reply({"id": REPORT, "async_status": "Job Completed", "async_percent_completion": 100})
    return Reply(fixture("meta_ads/ad_account"))
