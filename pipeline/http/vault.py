"""Renewed tokens on disk: written whole and durably before they are used, read by their owner alone."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pipeline import durable
from pipeline.errors import ConfigError

log = logging.getLogger(__name__)


class Kept(msgspec.Struct, omit_defaults=True):
    """What is known of an account's tokens. Moments are seconds of the platform's clock.

    ``configured`` is a salted hash of the credential in the settings when these were granted: when
    that differs, a person has connected the account again. ``renewing``: when the renewal began whose
    answer is not stored yet.
    """

    access: str = ""
    refresh: str = ""
    granted_at: float | None = None
    expires_at: float | None = None
    refresh_expires_at: float | None = None
    salt: str = ""
    configured: str = ""
    renewing: float | None = None
    skew: float = 0.0

    def __repr__(self) -> str:
        return "Kept(…)"


class Vault:
    """The tokens of one account; in memory only where there is no folder for them. ``write`` wants the lock."""

    def __init__(self, state: Path | None, platform: str, account: str) -> None:
        digest = hashlib.blake2b(account.encode(), digest_size=8, person=b"tokens").hexdigest()
        self.file = state.resolve() / "tokens" / f"{platform}-{digest}.json" if state else None
        self._memory = Kept()

    def read(self) -> Kept:
        """What was kept; nothing where the file is missing or damaged."""
        if self.file is None:
            return self._memory
        try:
            return msgspec.json.decode(self.file.read_bytes(), type=Kept)
        except FileNotFoundError:
            return Kept()
        except (OSError, msgspec.DecodeError, RecursionError):
            log.warning("%s cannot be read: the credential of the settings is used", self.file)
            return Kept()

    def write(self, kept: Kept) -> None:
        """Durable when this returns: a new file, synced, renamed over the old one, and the folder synced."""
        self._memory = kept
        if self.file is None:
            return
        try:
            durable.replace(self.file, msgspec.json.encode(kept))
        except OSError as error:
            raise _unusable(self.file, error) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One renewal at a time, on all machines that see the folder."""
        if self.file is None:
            yield
            return
        with _thread_lock(self.file):
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                handle = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise _unusable(self.file, error) from None
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)


def _unusable(file: Path, error: OSError) -> ConfigError:
    return ConfigError(f"{file.parent} cannot be written ({error.strerror}): no token is renewed before it can be")


_locks: dict[Path, threading.Lock] = {}
_guard = threading.Lock()


def _thread_lock(file: Path) -> threading.Lock:
    """A file's lock keeps other processes out, not other threads of this one."""
    with _guard:
        return _locks.setdefault(file, threading.Lock())
