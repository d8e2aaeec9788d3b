"""Dashboards in a real browser: what they asked Superset, what it answered, how they look."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from pipeline.report import browser
from pipeline.report.browser import Tab

PATIENCE = 120.0
WIDTH, HEIGHT = 1440, 3000
REFRESH = '[data-test="refresh-dashboard-menu-item"], [aria-label="Refresh dashboard"]'
# Nothing of the page is loading, and each chart has been drawn.
_DRAWN = """(() => ({
  charts: document.querySelectorAll('[data-test="chart-container"], .chart-slice').length,
  waiting: document.querySelectorAll('[data-test="loading-indicator"], .loading, .ant-skeleton').length,
  empty: [...document.querySelectorAll('.ant-empty, [data-test="chart-empty"]')]
    .map(e => e.closest('.chart-slice')?.innerText.split('\\n')[0] ?? e.innerText),
  errors: [...document.querySelectorAll('[data-test="alert"], .ant-alert-error')].map(e => e.innerText),
}))()"""


@dataclass(frozen=True)
class Asked:
    """One question of a page, and Superset's answer."""

    chart: int
    body: str
    status: int
    answer: dict[str, Any]

    @property
    def rows(self) -> int:
        return sum(result["rowcount"] for result in self.answer.get("result", []))


@contextmanager
def signed_in(url: str, cookie: str, environment: dict[str, str]) -> Iterator[Tab]:
    """A tab of somebody who has signed in, as high as the longest dashboard."""
    with browser.opened(browser.find(environment), loopback=True) as tab:
        tab.ask("Network.setCookie", url=url, name="session", value=cookie)
        tab.ask("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False)
        yield tab


def show(tab: Tab, url: str, slug: str, since: str, until: str) -> dict[str, Any]:
    """Open a dashboard on these days and wait until all of it is drawn; what is on the page then."""
    tab.events.clear()
    tab.ask(
        "Page.navigate", url=f"{url}/superset/dashboard/vigie-{slug}/?native_filters={quote(_days(slug, since, until))}"
    )
    return settled(tab)


def settled(tab: Tab) -> dict[str, Any]:
    """Wait until nothing has been loading for a second; what is on the page then. TimeoutError after two minutes."""
    end, calm = time.monotonic() + PATIENCE, 0
    while time.monotonic() < end:
        time.sleep(0.5)
        seen: dict[str, Any] = tab.evaluate(_DRAWN)
        calm = calm + 1 if seen["charts"] and not seen["waiting"] else 0
        if calm == 3:
            return seen
    raise TimeoutError(f"the dashboard is still loading: {seen}")


def asked(tab: Tab) -> list[Asked]:
    """Every question about a chart since the page was opened."""
    sent = {
        event["params"]["requestId"]: event["params"]["request"]
        for event in tab.events
        if event.get("method") == "Network.requestWillBeSent"
        and "/api/v1/chart/data" in event["params"]["request"]["url"]
    }
    statuses = {
        event["params"]["requestId"]: event["params"]["response"]["status"]
        for event in tab.events
        if event.get("method") == "Network.responseReceived"
    }
    found = []
    for number, request in sent.items():
        told = tab.ask("Network.getResponseBody", requestId=number)["body"]
        body = request.get("postData") or tab.ask("Network.getRequestPostData", requestId=number)["postData"]
        form = json.loads(parse_qs(urlsplit(request["url"]).query).get("form_data", ["{}"])[0])
        found.append(Asked(form.get("slice_id", 0), body, statuses[number], json.loads(told)))
    return found


def picture(tab: Tab) -> bytes:
    """The page as people see it, whole."""
    return base64.b64decode(tab.ask("Page.captureScreenshot", format="png")["data"])


def _days(slug: str, since: str, until: str) -> str:
    """The filter of the time as Superset has it in an address."""
    name, span = f"NATIVE_FILTER-{slug}-time", f"{since} : {until}"
    return f"({name}:(extraFormData:(time_range:'{span}'),filterState:(value:'{span}'),id:{name},ownState:()))"
