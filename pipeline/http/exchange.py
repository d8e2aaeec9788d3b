"""One request and its whole answer, through requests' adapter alone."""

from __future__ import annotations

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from pipeline import __version__
from pipeline.errors import ConfigError, SourceError
from pipeline.http.body import read_body
from pipeline.http.failures import explained
from pipeline.http.limits import Limits
from pipeline.http.origin import ForbiddenAddress, Origin
from pipeline.http.reading import Answer
from pipeline.http.transport import Deadline, DeadlineAdapter, OversizedHead

_HEADERS = {"User-Agent": f"Vigie/{__version__}", "Accept": "application/json", "Accept-Encoding": "gzip"}


class Exchange:
    """The connection to one origin. ``verify``: True, or a file of certificate authorities."""

    def __init__(self, base: str, origin: Origin, limits: Limits, *, verify: bool | str, loopback_only: bool) -> None:
        self._limits, self._verify = limits, verify
        # Whether packed bodies are handed on as they came, too.
        self.keeps_wire = False
        self._deadline = Deadline(
            connect_timeout=limits.connect_timeout, read_timeout=limits.read_timeout, loopback_only=loopback_only
        )
        self._adapter = DeadlineAdapter(self._deadline)
        try:
            self._template = requests.Request("GET", base, headers=_HEADERS).prepare()
        except requests.RequestException:
            raise ConfigError(f"base: {origin.host} is no usable host name") from None
        self.url = str(self._template.url)

    def ask(self, method: str, url: str, auth: AuthBase, *, seconds: float) -> Answer | SourceError:
        """The answer within so many ``seconds``, or the error to raise.

        It is returned, so that no frame of the HTTP library hangs on to it.
        """
        self._deadline.start(seconds)
        try:
            response = self._send(method, url, auth)
            try:
                redirect = 300 <= response.status_code < 400
                wire: list[bytes] | None = [] if self.keeps_wire else None
                cap = self._limits.max_body
                body = b"" if redirect else read_body(response.raw, response.headers, cap=cap, wire=wire)
            finally:
                response.close()
        except SourceError as error:
            return error.with_traceback(None)
        except (requests.RequestException, HTTPError, OSError, ForbiddenAddress, OversizedHead) as error:
            return explained(error, spent=self._deadline.spent, deadline=seconds)
        return Answer(response.status_code, response.headers, body, b"".join(wire) if wire else None)

    def _send(self, method: str, url: str, auth: AuthBase) -> requests.Response:
        """One request through requests' adapter alone: no redirect, cookie, netrc or proxy can come in.

        requests' own session would look for all of these, at three times the cost.
        """
        request = self._template.copy()
        request.method, request.url = method, url
        request = auth(request)
        request.prepare_content_length(request.body)
        timeout = (self._limits.connect_timeout, self._limits.read_timeout)
        return self._adapter.send(request, stream=True, timeout=timeout, verify=self._verify)

    def close(self) -> None:
        self._adapter.close()
