"""The page on paper and as a picture, by the Chromium or Chrome of this machine, driven over its DevTools pipe.

The page is handed over as text and the browser is cut off from every network: no address is looked up, and what
would go out by number goes to a proxy that does not exist.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

from pipeline.errors import ConfigError, PublishError

VARIABLE: Final = "VIGIE_BROWSER"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WIDTH: Final = 1200
# No browser draws a higher picture in one piece.
_HIGHEST: Final = 16_000
_PATIENCE: Final = 60.0
_FLAGS: Final = (
    "--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
)  # fmt: skip

# The last word on a flag counts.
_LOOPBACK: Final = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--proxy-bypass-list=127.0.0.1")


def find(environment: Mapping[str, str]) -> str:
    """The browser that VIGIE_BROWSER names, or one that is installed. ConfigError says what to install."""
    wanted = environment.get(VARIABLE)
    found = shutil.which(wanted) if wanted else next(filter(None, map(shutil.which, NAMES)), None)
    if found is not None:
        return found
    if wanted:
        raise ConfigError(f"{VARIABLE}: there is no program {wanted!r} that can be run")
    raise ConfigError(
        "PDF and PNG are made by Chromium or Chrome, and none is installed: install the package chromium "
        f"(apt install chromium), or say where the browser is in {VARIABLE}; --format html needs none"
    )


def pdf(browser: str, html: str) -> bytes:
    """The page on sheets of A4, with tags for screen readers and an outline."""
    with opened(browser) as tab:
        tab.show(html)
        printed = tab.ask(
            "Page.printToPDF",
            preferCSSPageSize=True,
            printBackground=True,
            generateTaggedPDF=True,
            generateDocumentOutline=True,
        )
    return base64.b64decode(printed["data"])


def png(browser: str, html: str) -> bytes:
    """The whole page as a picture, as wide as on a desk, in light colours."""
    with opened(browser) as tab:
        tab.ask("Emulation.setDeviceMetricsOverride", width=WIDTH, height=900, deviceScaleFactor=1, mobile=False)
        tab.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
        tab.show(html)
        size = tab.ask("Page.getLayoutMetrics")["cssContentSize"]
        scale = min(1.0, _HIGHEST / size["height"])
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": scale}
        taken = tab.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    return base64.b64decode(taken["data"])


@contextmanager
def opened(browser: str, *, loopback: bool = False) -> Iterator[Tab]:
    """An empty tab of a browser of its own, which ends with the block. PublishError if it does not answer.

    ``loopback``: it may ask servers at 127.0.0.1, and still nobody else.
    """
    with tempfile.TemporaryDirectory(prefix="vigie-browser-", ignore_cleanup_errors=True) as folder:
        process, pipe = _started(browser, Path(folder), _LOOPBACK if loopback else ())
        try:
            target = pipe.ask("Target.createTarget", url="about:blank")["targetId"]
            session = pipe.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            tab = Tab(pipe, session)
            for domain in ("Page", "Runtime", "Log", "Network"):
                tab.ask(f"{domain}.enable")
            yield tab
        finally:
            pipe.close()
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)


class Tab:
    """A page in the browser; ``events`` is everything that it reported, in order."""

    def __init__(self, pipe: _Pipe, session: str) -> None:
        self._pipe, self._session = pipe, session
        self.events = pipe.events

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """One command of the DevTools protocol, and its answer."""
        return self._pipe.ask(method, session=self._session, **parameters)

    def show(self, html: str) -> None:
        """Put the text into the tab; it asks for nothing, so it is there at once."""
        frame = self.ask("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.ask("Page.setDocumentContent", frameId=frame, html=html)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise PublishError(f"the browser could not evaluate: {answer['exceptionDetails']}")
        return answer["result"].get("value")


class _Pipe:
    """Messages in JSON, each ended by a zero byte, as ``--remote-debugging-pipe`` has them."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._numbers = count(1)
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, *, session: str | None = None, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._write(json.dumps(message).encode() + b"\0")
        while (answer := self._next(method)).get("id") != number:
            self.events.append(answer)
        if "error" in answer:
            raise PublishError(f"the browser refused {method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._writing, data) :]
        except BrokenPipeError:
            raise PublishError("the browser has ended before it answered; try another with VIGIE_BROWSER") from None

    def _next(self, method: str) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._reading], [], [], max(0.0, until - time.monotonic()))
            data = os.read(self._reading, 1 << 16) if ready else b""
            if not data:
                raise PublishError(f"the browser did not answer {method}; try another with {VARIABLE}")
            self._rest += data
        text, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message

    def close(self) -> None:
        os.close(self._reading)
        os.close(self._writing)


def _started(browser: str, folder: Path, more: Sequence[str]) -> tuple[int, _Pipe]:
    """The browser in a process group of its own, which reads its commands from 3 and answers to 4."""
    theirs_in, ours_out = _pipe_above_standard()
    ours_in, theirs_out = _pipe_above_standard()
    # Only root has no sandbox; who runs as anybody else keeps it.
    words = [browser, *_FLAGS, *more, *(["--no-sandbox"] if os.geteuid() == 0 else []), f"--user-data-dir={folder}"]
    actions: list[tuple[Any, ...]] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_DUP2, theirs_in, 3),
        (os.POSIX_SPAWN_DUP2, theirs_out, 4),
    ]
    process = os.posix_spawn(browser, words, dict(os.environ), file_actions=actions, setpgroup=0)
    os.close(theirs_in)
    os.close(theirs_out)
    return process, _Pipe(ours_in, ours_out)


def _pipe_above_standard() -> tuple[int, int]:
    """A pipe whose ends are neither 3 nor 4, so that one does not take the other's place."""
    ends = os.pipe()
    above = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return above[0], above[1]
