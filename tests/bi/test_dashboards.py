"""The dashboards as people see them: in a real browser, from a real Superset, on a real publication."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from docker.superset.build import definition
from pipeline.errors import ConfigError
from pipeline.report import browser
from pipeline.report.browser import Tab
from tests.bi import pages
from tests.bi.pages import Asked
from tests.bi.superset import Superset
from tests.nights.replaying import Replay

pytestmark = pytest.mark.servers

SAID = definition()
# What has nothing to tell of a brand whose nights went well.
COUNTS_OF_FAULTS = {"set_aside"}


@pytest.fixture(scope="module")
def tab(superset: Superset) -> Iterator[Tab]:
    try:
        browser.find(os.environ)
    except ConfigError as missing:
        pytest.skip(str(missing))
    with pages.signed_in(superset.url, superset.cookie, dict(os.environ)) as opened:
        yield opened


@pytest.fixture(scope="module")
def names(superset: Superset) -> dict[int, str]:
    """The name in the definition of each chart, by its number in this Superset."""
    answer = superset.session.get(f"{superset.url}/api/v1/chart/?q=(page_size:100)", timeout=60).json()
    titles = {said["title"]: name for name, said in SAID["charts"].items()}
    return {chart["id"]: titles[chart["slice_name"]] for chart in answer["result"]}


@pytest.mark.parametrize("slug", SAID["dashboards"])
def test_every_chart_of_a_dashboard_is_asked_answered_and_drawn(
    slug: str, superset: Superset, tab: Tab, names: dict[int, str], brand: Replay
) -> None:
    seen = pages.show(tab, superset.url, slug, *_days(brand))
    assert (seen["errors"], seen["empty"]) == ([], [])
    answers = {names[each.chart]: each for each in pages.asked(tab) if each.chart}
    wanted = {name for row in SAID["dashboards"][slug]["rows"] for name in row}
    assert answers.keys() == wanted
    assert {name: each.answer for name, each in answers.items() if each.status != 200} == {}
    assert [name for name, each in answers.items() if not _says_something(name, each)] == []
    _keep(tab, slug)


def test_pages_ask_nobody_but_superset(superset: Superset, tab: Tab, brand: Replay) -> None:
    pages.show(tab, superset.url, "director", *_days(brand))
    asked = {e["params"]["requestId"]: e["params"]["request"]["url"] for e in tab.events
             if e.get("method") == "Network.requestWillBeSent"}  # fmt: skip
    refused = {e["params"]["requestId"] for e in tab.events
               if e.get("method") == "Network.loadingFailed" and e["params"].get("blockedReason") == "csp"}  # fmt: skip
    elsewhere = {n: url for n, url in asked.items() if url.startswith("http") and not url.startswith(superset.url)}
    assert elsewhere.keys() <= refused, elsewhere


def test_an_open_dashboard_shows_the_next_publication(superset: Superset, tab: Tab, brand: Replay) -> None:
    pages.show(tab, superset.url, "data", *_days(brand))
    before = _generations(tab)
    brand.night(brand.world.nights[-1])
    tab.events.clear()
    tab.evaluate(f"document.querySelector('{pages.REFRESH}').click()")
    seen = pages.settled(tab)
    assert (seen["errors"], seen["empty"]) == ([], [])
    assert {each.status for each in pages.asked(tab)} == {200}
    after = _generations(tab)
    assert len(before) == len(after) == 1
    assert after > before
    assert f"{brand.world.nights[-1]:%Y%m%d}" in after.pop()


def _days(brand: Replay) -> tuple[str, str]:
    """All that is published, and the days ahead."""
    return f"{brand.world.calendar.ago(61)}", f"{brand.world.nights[-1].replace(day=1, month=12)}"


def _generations(tab: Tab) -> list[str]:
    """Names of generations on the page."""
    found: list[str] = tab.evaluate(r"[...new Set(document.body.innerText.match(/\b20\d{6}-\d{6}\b/g))]")
    return found


def _says_something(name: str, asked: Asked) -> bool:
    """Whether a chart's rows hold more than the names of things: something that is known."""
    said = SAID["charts"][name]
    # Of a series, each name of a thing is a column of its own beside the time.
    names = {*said.get("by", ()), said.get("across"), "platform", "account", SAID["datasets"][said["of"]].get("time")}
    rows: list[dict[str, Any]] = [row for result in asked.answer["result"] for row in result["data"]]
    values = [value for row in rows for key, value in row.items() if key not in names]
    return any(values) or (name in COUNTS_OF_FAULTS and 0 in values)


def _keep(tab: Tab, slug: str) -> None:
    """A picture for people, where they ask for one."""
    if folder := os.environ.get("VIGIE_PICTURES"):
        with open(f"{folder}/{slug}.png", "wb") as file:  # noqa: PTH123
            file.write(pages.picture(tab))
