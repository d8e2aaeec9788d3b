"""One cheap authorised call per account, platforms side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from pipeline.doctor.finding import Finding
from pipeline.errors import SourceRefused, VigieError
from pipeline.http import Limits, redact
from pipeline.settings import Account, Settings
from pipeline.streams import Source

# A person is waiting: a platform that is away is reported, not waited for.
PATIENCE = Limits(connect_timeout=5.0, read_timeout=15.0, deadline=20.0, attempts=2, max_wait=3.0, patience=3.0)


def check(settings: Settings, known: Mapping[str, Source], limits: Limits = PATIENCE) -> Iterator[Finding]:
    """What each account answers, in the order of the settings."""
    with ThreadPoolExecutor(max_workers=8, thread_name_prefix="doctor") as pool:
        yield from pool.map(lambda account: _account(account, known[account.platform], limits), settings.accounts)


def _account(account: Account, source: Source, limits: Limits) -> Finding:
    subject = f"{account.platform}/{account.id}"
    if not set(source.CREDENTIALS) <= set(account.secrets):
        return Finding("warn", "credentials", subject, "not asked: a secret is missing", "set what settings lack")
    try:
        with source.open_session(account, None, limits) as http:
            return Finding("ok", "credentials", subject, source.check(account, http))
    except VigieError as error:
        advice = "renew the credential or its permission" if isinstance(error, SourceRefused) else ""
        return Finding("fail", "credentials", subject, redact(str(error)), advice or "see the message, then try again")
