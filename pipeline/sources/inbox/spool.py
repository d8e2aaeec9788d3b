"""What was sent, on disk before the sender hears that it was taken: one file each, whole or not at all.

``<state>/inbox/<account>/<key>.json`` holds the record and a fingerprint of what was sent. Where a process
ends in the middle there is at most a file that ends in ``.part``, which nobody reads.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from pipeline import durable
from pipeline.errors import ConfigError, SourceChanged
from pipeline.settings import Account
from pipeline.sources.inbox.refusal import Refusal

Record = dict[str, str | None]


class Kept(msgspec.Struct):
    """One file. ``fingerprint`` tells whether the same key came with the same message."""

    fingerprint: str
    record: Record


@dataclass(frozen=True)
class Stored:
    """A record and the file in which it lies."""

    file: Path
    record: Record


class Spool:
    """The records of one account. Any number of processes may write and read at once."""

    def __init__(self, account: Account) -> None:
        own = str(account.options.get("spool") or "")
        if not own and account.state is None:
            raise ConfigError(
                f"inbox {account.id}: there is no folder to keep what is sent: set [paths] state or spool"
            )
        root = Path(own) if own else Path(account.state or "") / "inbox"
        digest = hashlib.blake2b(account.id.encode("utf-8", "surrogatepass"), digest_size=8, person=b"inbox")
        self.folder = root / digest.hexdigest()

    def prepare(self) -> None:
        """Make the folder, durably. Raises OSError where that cannot be."""
        missing = [each for each in (self.folder, *self.folder.parents) if not each.exists()]
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in reversed(missing):
            durable.sync(each.parent)

    def try_out(self) -> None:
        """Do what storing a record does, and leave nothing. OSError where it cannot be done (no room, no links)."""
        self.prepare()
        part, other = (self.folder / f"{secrets.token_hex(8)}.part" for _ in range(2))
        try:
            _write(part, b"{}")
            os.link(part, other)
            durable.sync(self.folder)
        finally:
            part.unlink(missing_ok=True)
            other.unlink(missing_ok=True)

    def keep(self, key: str, fingerprint: str, record: Record) -> Literal["stored", "known"]:
        """Store a record for ever, or find that it was stored before.

        When this returns, the record survives a crash of the machine. Refusal 409 where the key came
        with another message; OSError where nothing can be stored.
        """
        self.prepare()
        final = self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}.json"
        part = self.folder / f"{secrets.token_hex(8)}.part"
        try:
            _write(part, msgspec.json.encode(Kept(fingerprint, record)))
            os.link(part, final)
        except FileExistsError:
            return self._known(final, fingerprint)
        finally:
            part.unlink(missing_ok=True)
        durable.sync(self.folder)
        return "stored"

    def _known(self, file: Path, fingerprint: str) -> Literal["known"]:
        if _read(file).fingerprint != fingerprint:
            raise Refusal(409, "key_taken", "this key came before with another message: give every request its own")
        # Whoever stored it may not have lived to do this.
        durable.sync(self.folder)
        return "known"

    def records(self) -> Iterator[Stored]:
        """Everything that is there, in the order of the keys. SourceChanged names a file that is damaged."""
        for file in sorted(self.folder.glob("*.json")):
            try:
                yield Stored(file, _read(file).record)
            except FileNotFoundError:
                # Pruned since it was listed.
                continue


def _read(file: Path) -> Kept:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise SourceChanged(f"{file} is damaged: it was written whole, so look after the disk, then move it") from None


def _write(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
