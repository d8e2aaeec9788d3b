"""The one way to ask a platform: an answer that is whole, of the right host, and accepted – or an error."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

from pipeline.errors import (
    QuotaExhausted,
    SourceChanged,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from pipeline.http.body import check_ends
from pipeline.http.budget import Budget
from pipeline.http.clock import Clock
from pipeline.http.credentials import Authorised, Credentials, Form, Json, Tunnel
from pipeline.http.exchange import Exchange
from pipeline.http.limits import Limits, Rates
from pipeline.http.oauth1 import Signature
from pipeline.http.origin import checked_base, finished, joined
from pipeline.http.reading import Answer, Judge, http_date, refused_redirect
from pipeline.http.redaction import excerpt, one_line, redact
from pipeline.http.spool import Spool
from pipeline.http.tokens import Token
from pipeline.settings import Secret

log = logging.getLogger(__name__)

# A text is a query that is quoted already, for platforms whose syntax must not be quoted.
Params = Mapping[str, str | int] | Sequence[tuple[str, str | int]] | str


class Session:
    """All requests of one unit (platform, account, night), to one origin. Belongs to one thread.

    ``requests`` counts answers. ``first_date`` is the ``Date`` header of the first one, ISO UTC.
    ``allow_http`` accepts plain http to other hosts than this one; ``ca_bundle`` is a file of
    certificate authorities for a site that has its own. ``rates`` are the platform's limits, kept
    in the folder ``state`` for all who spend them: the same credential, or the same ``spender`` (the
    id of an app). ``token`` is sent with every request and renewed in time; ``signature`` signs each of
    them. ``clock`` is that of the unit's other session. Raises ConfigError for a bad base address or an
    unusable credential.
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
        rates: Rates | None = None,
        state: Path | None = None,
        spender: str | Secret | None = None,
        token: Token | None = None,
        signature: Signature | None = None,
        clock: Clock | None = None,
    ) -> None:
        origin = checked_base(base, allow_http=allow_http)
        self.requests = 0
        self.first_date: str | None = None
        self._unit = (platform, account)
        self.label = f"{platform} {account}" + (f", night {night}" if night else "")
        self._host = origin.host
        self.base, self.token = base, token
        self._limits, self._sleep = limits or Limits(), sleep
        self.clock = clock or Clock(sleep, self._limits.session)
        self._credentials = Credentials(headers or {}, basic, token, signature)
        # Without a credential a platform counts by address: all accounts of a host share its limit.
        owner = spender or self._credentials.spender() or (account if token else origin.host)
        self._budget = Budget.of(rates, state, platform, owner, self.clock, self._limits.patience) if rates else None
        self._exchange = Exchange(
            base,
            origin,
            self._limits,
            verify=True if ca_bundle is None else str(ca_bundle),
            loopback_only=origin.scheme == "http" and not allow_http,
        )
        self._allow_http, self._ca_bundle = allow_http, ca_bundle
        self._spool: Spool | None = None
        self._renewing = False
        # Whether the last error came from the way to the platform, not from what it answered; told to the
        # session of the unit by those beside it.
        self.interrupted = False
        self._first = self

    def resume(self, spool: Spool | None) -> None:
        """Take the answers that an earlier attempt at this unit kept, and keep those that come from now on."""
        self._spool = spool
        self._exchange.keeps_wire = spool is not None

    def get(self, path: str, params: Params = (), *, judge: Judge) -> Answer:
        """The accepted answer to GET ``base/path?params``. ``path`` is quoted by the caller.

        Raises SourceUnavailable (after its own retries), SourceRefused, SourceChanged, or what the
        judge raises; every message begins with platform, account, night and host.
        """
        return self._ask("GET", path, params, self._credentials, judge)

    def post(
        self,
        path: str,
        form: Mapping[str, str | int | Secret] | None = None,
        params: Params = (),
        *,
        judge: Judge,
        json: object = None,
    ) -> Answer:
        """Like ``get``, with a form or a JSON value as body, which may hold secrets.

        It is repeated like a GET, so it must only read, or renew a token.
        """
        body = Json(self._credentials, json) if json is not None else Form(self._credentials, form or {})
        return self._ask("POST", path, params, body, judge)

    def tunnel(self, path: str, query: str, *, judge: Judge) -> Answer:
        """Like ``get`` with a finished query that is too long for an address: it travels in the body."""
        return self._ask("POST", path, (), Tunnel(self._credentials, query), judge)

    def beside(
        self,
        base: str,
        headers: Mapping[str, str | Secret] | None = None,
        *,
        rates: Rates | None = None,
        state: Path | None = None,
        spender: str | Secret | None = None,
        token: Token | None = None,
    ) -> Session:
        """A session of the same unit with another origin and credentials of its own, within the same limits."""
        other = Session(
            platform=self._unit[0],
            account=self._unit[1],
            night=None,
            base=base,
            headers=headers,
            limits=self._limits,
            sleep=self._sleep,
            allow_http=self._allow_http,
            ca_bundle=self._ca_bundle,
            rates=rates,
            state=state,
            spender=spender,
            token=token,
            clock=self.clock,
        )
        other.label = self.label
        other._first = self._first
        other.resume(None if self._renewing else self._spool)
        return other

    def close(self) -> None:
        self._exchange.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, method: str, path: str, params: Params, auth: Authorised, judge: Judge) -> Answer:
        try:
            url = joined(self._exchange.url, path)
            query = finished(params) if isinstance(params, str) else urlencode(params, quote_via=quote)
        except SourceError as error:
            self._name(error)
            raise
        if query:
            url = f"{url}?{query}"
        # A token must never be kept, nor an old one be given again.
        spool = None if self._renewing else self._spool
        request = f"{method} {url} {auth.told}"
        if spool and (kept := spool.find(request)):
            return self._again(kept, judge)
        answer = self._asked(method, path, url, auth, judge)
        if spool:
            spool.keep(request, answer)
        return answer

    def _again(self, kept: Answer, judge: Judge) -> Answer:
        """An answer that was accepted before, read once more."""
        judge(kept)
        self._date(kept)
        return kept

    def _asked(self, method: str, path: str, url: str, auth: Authorised, judge: Judge) -> Answer:
        self._first.interrupted = False
        renewed = False
        attempt = 0
        while True:
            attempt += 1
            self._with_token(Token.ready)
            try:
                return self._attempt(method, path, url, auth, judge)
            except SourceError as fault:
                failure = fault
            if isinstance(failure, TokenExpired) and self.token and not renewed and self.token.can_renew():
                renewed, attempt = True, attempt - 1
                self._with_token(Token.renew)
                continue
            wait = self._pause(attempt, failure)
            if wait is None:
                self._first.interrupted = isinstance(failure, (SourceUnavailable, QuotaExhausted))
                self._name(failure)
                raise failure
            log.info("%s: %s; again in %.1f s", self.label, redact(str(failure)), wait)
            self.clock.sleep(wait)

    def _with_token(self, step: Callable[[Token, Session], None]) -> None:
        self._renewing = True
        try:
            if self.token:
                step(self.token, self)
        except SourceError as error:
            self._name(error)
            raise
        finally:
            self._renewing = False

    def _pause(self, attempt: int, error: SourceError) -> float | None:
        """Seconds until the next attempt; None where there is none, or none soon enough."""
        if attempt >= self._limits.attempts:
            return None
        if isinstance(error, QuotaExhausted) and self._budget:
            # The budget waits for the reset before the next attempt.
            return 0.0 if self._budget.waits_for(error.resets_at) else None
        wait = self._limits.pause(attempt, error.retry_after) if isinstance(error, SourceUnavailable) else None
        return wait if wait is not None and wait < self.clock.left() else None

    def _attempt(self, method: str, path: str, url: str, auth: Authorised, judge: Judge) -> Answer:
        charge = self._budget.take(path) if self._budget else None
        answer = self._exchange.ask(method, url, auth, seconds=min(self._limits.deadline, self.clock.left()))
        if isinstance(answer, SourceError):
            if self._budget and charge:
                self._budget.settle(charge, path, None)
            late = f"the account's night was not read within {self._limits.session:g} s"
            raise answer if self.clock.left() else SourceUnavailable(late)
        self._count(answer)
        if self._budget and charge:
            self._budget.settle(charge, path, answer)
        if 300 <= answer.status < 400:
            raise refused_redirect(answer)
        # A part of a body ends where it was asked to.
        if answer.status < 300 and answer.status != 206:
            check_ends(answer.body)
        error = self._verdict(path, answer, judge)
        if error is not None:
            raise error
        return answer

    def _count(self, answer: Answer) -> None:
        self.requests += 1
        self.clock.told(answer.headers.get("Date", ""))
        self._date(answer)

    def _date(self, answer: Answer) -> None:
        if self.first_date is None and (moment := http_date(answer.headers.get("Date", ""))):
            self.first_date = moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _verdict(self, path: str, answer: Answer, judge: Judge) -> SourceError | None:
        """What the judge raises, in the words that the budget and the token understand."""
        try:
            judge(answer)
        except SourceError as fault:
            error = fault
        except (RecursionError, UnicodeDecodeError):
            error = SourceChanged(f"HTTP {answer.status}: an answer that no program can read: {excerpt(answer.body)}")
        else:
            return None
        if self._budget:
            error = self._budget.heard(path, answer, error)
        expired = isinstance(error, TokenExpired) or (answer.status == 401 and isinstance(error, SourceRefused))
        return self.token.refused(error) if self.token and expired else error

    def _name(self, error: SourceError) -> None:
        """Puts platform, account, night and host before the message, once, and redacts it."""
        message = one_line(redact(str(error)))
        where = f"{self.label} ({self._host}): "
        error.args = (message if message.startswith(where) else where + message,)
