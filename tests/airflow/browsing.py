"""Airflow's UI as a person has it: a browser that signs in by the form, and the page that is shown in a frame."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.report import browser
from pipeline.report.browser import Tab

PATIENCE = 90.0
_FRAMED = "document.querySelector('iframe')?.contentDocument?.querySelector('main')?.innerText"


@contextmanager
def signed_in(url: str, user: str, password: str) -> Iterator[Tab]:
    """A tab of somebody who typed name and password into Airflow's page."""
    with browser.opened(browser.find(os.environ), loopback=True) as tab:
        tab.ask("Emulation.setDeviceMetricsOverride", width=1440, height=1000, deviceScaleFactor=1, mobile=False)
        tab.ask("Page.navigate", url=url)
        for field, typed in (("username", user), ("password", password)):
            _wait_for(tab, f"!!document.querySelector('input[name={field}]')")
            tab.evaluate(f"document.querySelector('input[name={field}]').focus()")
            tab.ask("Input.insertText", text=typed)
        tab.evaluate("document.querySelector('button[type=submit]').click()")
        _wait_for(tab, "!!document.querySelector('nav, [data-testid]') && !location.pathname.includes('login')")
        yield tab


def framed(tab: Tab, address: str, picture: Path) -> str:
    """Open a page of Airflow that shows another one in a frame, keep a picture; the words in the frame."""
    tab.ask("Page.navigate", url=address)
    words = str(_wait_for(tab, _FRAMED))
    time.sleep(0.5)  # the last strokes
    picture.write_bytes(base64.b64decode(tab.ask("Page.captureScreenshot", format="png")["data"]))
    return words


def _wait_for(tab: Tab, expression: str) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := tab.evaluate(expression)):
        assert time.monotonic() < end, (expression, tab.evaluate("document.documentElement.outerHTML"))
        time.sleep(0.3)
    return found
