"""The one way to ask a platform: an answer that is whole, of the right host, and accepted – or an error."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from pipeline import __version__
from pipeline.errors import ConfigError, SourceError, SourceUnavailable
from pipeline.http.body import check_ends, read_body
from pipeline.http.credentials import Credentials, Form, Tunnel
from pipeline.http.failures import explained
from pipeline.http.origin import ForbiddenAddress, checked_base, finished, joined
from pipeline.http.reading import Answer, Judge, http_date, refused_redirect
from pipeline.http.redaction import one_line, redact
from pipeline.http.transport import Deadline, DeadlineAdapter
from pipeline.settings import Secret

log = logging.getLogger(__name__)

_HEADERS = {"User-Agent": f"Vigie/{__version__}", "Accept": "application/json", "Accept-Encoding": "gzip"}

# A text is a query that is quoted already, for platforms whose syntax must not be quoted.
Params = Mapping[str, str | int] | Sequence[tuple[str, str | int]] | str


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes. ``deadline`` is for one request with its body, ``max_wait`` caps one pause."""

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    deadline: float = 300.0
    max_body: int = 64 * 2**20
    attempts: int = 4
    max_wait: float = 120.0
    backoff: float = 1.0


class Session:
    """All requests of one unit (platform, account, night), to one origin. Belongs to one thread.

    ``requests`` counts answers. ``first_date`` is the ``Date`` header of the first one, ISO UTC.
    ``allow_http`` accepts plain http to other hosts than this one; ``ca_bundle`` is a file of
    certificate authorities for a site that has its own. Raises ConfigError for a bad base address
    or an unusable credential.
    """

    def __init__(
        self,
        *,
        platform: str,
        account: str,
        night: date | None,
        base: str,
        headers: Mapping[str, str | Secret] | None = None,
        basic: tuple[str | Secret, str | Secret] | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        allow_http: bool = False,
        ca_bundle: Path | None = None,
    ) -> None:
        origin = checked_base(base, allow_http=allow_http)
        self.requests = 0
        self.first_date: str | None = None
        self.label = f"{platform} {account}" + (f", night {night}" if night else "")
        self._host = origin.host
        self._limits, self._sleep = limits or Limits(), sleep
        self._credentials = Credentials(headers or {}, basic)
        self._deadline = Deadline(
            connect_timeout=self._limits.connect_timeout,
            read_timeout=self._limits.read_timeout,
            loopback_only=origin.scheme == "http" and not allow_http,
        )
        self._verify = True if ca_bundle is None else str(ca_bundle)
        self._adapter = DeadlineAdapter(self._deadline)
        try:
            self._template = requests.Request("GET", base, headers=_HEADERS).prepare()
        except requests.RequestException:
            raise ConfigError(f"base: {origin.host} is no usable host name") from None
        self._url = str(self._template.url)
        self._allow_http, self._ca_bundle = allow_http, ca_bundle

    def get(self, path: str, params: Params = (), *, judge: Judge) -> Answer:
        """The accepted answer to GET ``base/path?params``. ``path`` is quoted by the caller.

        Raises SourceUnavailable (after its own retries), SourceRefused, SourceChanged, or what the
        judge raises; every message begins with platform, account, night and host.
        """
        return self._ask("GET", path, params, self._credentials, judge)

    def post(self, path: str, form: Mapping[str, str | int | Secret], params: Params = (), *, judge: Judge) -> Answer:
        """Like ``get``, with a form as body: for platforms that read their token there.

        It is repeated like a GET, so it must only read.
        """
        return self._ask("POST", path, params, Form(self._credentials, form), judge)

    def tunnel(self, path: str, query: str, *, judge: Judge) -> Answer:
        """Like ``get`` with a finished query that is too long for an address: it travels in the body."""
        return self._ask("POST", path, (), Tunnel(self._credentials, query), judge)

    def beside(self, base: str, headers: Mapping[str, str | Secret] | None = None) -> Session:
        """A session of the same unit with another origin and credentials of its own, within the same limits."""
        other = Session(
            platform="",
            account="",
            night=None,
            base=base,
            headers=headers,
            limits=self._limits,
            sleep=self._sleep,
            allow_http=self._allow_http,
            ca_bundle=self._ca_bundle,
        )
        other.label = self.label
        return other

    def close(self) -> None:
        self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, method: str, path: str, params: Params, auth: AuthBase, judge: Judge) -> Answer:
        try:
            url = joined(self._url, path)
            query = finished(params) if isinstance(params, str) else urlencode(params, quote_via=quote)
        except SourceError as error:
            self._name(error)
            raise
        if query:
            url = f"{url}?{query}"
        for attempt in range(1, self._limits.attempts + 1):
            try:
                return self._attempt(method, url, auth, judge)
            except SourceUnavailable as error:
                wait = self._pause(attempt, error)
                if wait is None:
                    self._name(error)
                    raise
                log.info("%s: %s; again in %.1f s", self.label, redact(str(error)), wait)
            except SourceError as error:
                self._name(error)
                raise
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _pause(self, attempt: int, error: SourceUnavailable) -> float | None:
        """Seconds until the next attempt; None where there is none, or none soon enough."""
        asked = error.retry_after or 0.0
        if attempt >= self._limits.attempts or asked > self._limits.max_wait:
            return None
        grown = min(self._limits.backoff * 2.0 ** (attempt - 1), self._limits.max_wait)
        # Jitter, so that many accounts do not come back in the same second.
        wait = max(asked, grown / 2) + random.uniform(0, grown / 2)  # noqa: S311
        return min(wait, self._limits.max_wait)

    def _attempt(self, method: str, url: str, auth: AuthBase, judge: Judge) -> Answer:
        answer = self._exchange(method, url, auth)
        if isinstance(answer, SourceError):
            # Raised here, outside of any except: nothing of the HTTP library's error, which quotes
            # addresses and holds headers in its frames, hangs on to ours.
            raise answer
        if 300 <= answer.status < 400:
            raise refused_redirect(answer)
        if answer.status < 300:
            check_ends(answer.body)
        judge(answer)
        return answer

    def _exchange(self, method: str, url: str, auth: AuthBase) -> Answer | SourceError:
        self._deadline.start(self._limits.deadline)
        try:
            response = self._send(method, url, auth)
            try:
                redirect = 300 <= response.status_code < 400
                body = b"" if redirect else read_body(response.raw, response.headers, cap=self._limits.max_body)
            finally:
                response.close()
        except SourceError as error:
            return error.with_traceback(None)
        except (requests.RequestException, HTTPError, OSError, ForbiddenAddress) as error:
            return explained(error, spent=self._deadline.spent, deadline=self._limits.deadline)
        self.requests += 1
        if self.first_date is None and (moment := http_date(response.headers.get("Date", ""))):
            self.first_date = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Answer(response.status_code, response.headers, body)

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

    def _name(self, error: SourceError) -> None:
        """Puts platform, account, night and host before the message, once, and redacts it."""
        message = one_line(redact(str(error)))
        where = f"{self.label} ({self._host}): "
        error.args = (message if message.startswith(where) else where + message,)
