"""What can go wrong, named by what to do next.

VigieError
├─ ConfigError            a person must change a setting            no retry
├─ SourceError            names platform, account, night; never a token
│   ├─ SourceUnavailable  429, 5xx, time-out, connection            retry (the only one)
│   ├─ QuotaExhausted     the budget or daily quota is spent        stop this source until its reset
│   ├─ SourceRefused      401, 403, expired token or version        no retry; says what to renew
│   │   └─ TokenExpired   the access token's life is over           renewed once where it can be
│   └─ SourceChanged      the answer is not what the contract says  no retry; the answer is kept
├─ FileRefused            a file to import is not what it should be  another file, or a safe one
├─ LandingError           a raw file or manifest is damaged or cannot be written
├─ QualityError           the list of failed expectations
├─ ModelError             the SQL file and DuckDB's message
├─ PublishError           the publication could not be made; the last one is untouched
├─ WarehouseError         the database cannot be used or trusted as it is; says what to do
├─ WarehouseBusy          who holds the lock, since when
└─ NightBroken            the end of a night in which anything failed
"""

from __future__ import annotations

from datetime import datetime


class VigieError(Exception):
    """Any failure that Vigie understands. ``exit_code`` is what the command line ends with."""

    exit_code = 1


class ConfigError(VigieError):
    """A setting must be changed by a person. Names the key and, where known, the line."""

    exit_code = 2


class SourceError(VigieError):
    """A platform did not give what was asked. Message names platform, account and night."""

    exit_code = 3


class SourceUnavailable(SourceError):
    """The platform is away for now (429, 5xx, time-out, connection). The only error worth a retry.

    ``retry_after`` is the wait in seconds that the platform asked for, None where it said nothing.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QuotaExhausted(SourceError):
    """The budget is spent. ``resets_at`` (UTC) is when the platform gives more, None if unknown.

    The message names that moment, whoever wrote it.
    """

    def __init__(self, message: str, *, resets_at: datetime | None = None) -> None:
        if resets_at is not None and f"{resets_at:%Y-%m-%d %H:%M}" not in message:
            message = f"{message} (more from {resets_at:%Y-%m-%d %H:%M} UTC on)"
        super().__init__(message)
        self.resets_at = resets_at


class SourceRefused(SourceError):
    """The platform says no: token, permission or API version. A person must renew something."""


class TokenExpired(SourceRefused):
    """The access token is not accepted any more. A session that can renew it does so, once a request."""


class SourceChanged(SourceError):
    """The answer does not follow the contract. No retry would mend it."""


class FileRefused(VigieError):
    """A file that a person gave is not of its kind, damaged, or not safe to read. Nothing of it is stored."""

    exit_code = 11


class LandingError(VigieError):
    """A raw file or manifest is missing, damaged, or could not be written."""

    exit_code = 4


class QualityError(VigieError):
    """Critical expectations failed. ``failures`` lists them as sentences."""

    exit_code = 5

    def __init__(self, message: str, failures: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.failures = failures


class ModelError(VigieError):
    """A SQL model failed. Names the file and gives DuckDB's message."""

    exit_code = 6


class PublishError(VigieError):
    """The publication could not be made or verified. Readers still have the previous one."""

    exit_code = 7


class WarehouseBusy(VigieError):
    """Another process holds the warehouse. Says which process and since when."""

    exit_code = 8


class NightBroken(VigieError):
    """Something of the night failed or is missing. People were told; readers have what was complete."""

    exit_code = 9


class WarehouseError(VigieError):
    """The warehouse cannot be opened, written or trusted. Names the file and what to do."""

    exit_code = 10
