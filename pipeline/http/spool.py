"""Answers of a fetch that has not ended yet, on disk, so that one that is killed goes on where it stopped.

    with Spool.open(folder, name, secrets) as spool:    spool.find(request), spool.keep(request, answer)

An answer is kept as it came over the wire, encrypted with a key made of the account's own secrets: what
people wrote is dropped before anything is landed, and must not be readable here either. A file whose
end was torn off loses that answer only; one that is old, or made with another secret, is begun anew.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import logging
import os
import struct
import time
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from pipeline.http.reading import Answer
from pipeline.settings import Secret

log = logging.getLogger(__name__)

# Older answers are asked for again: cursors end, and a night should be of one time.
FRESH_SECONDS = 6 * 3600.0
# Without any secret nothing can be kept safely, so nothing is.
_MAGIC = b"vigie spool 1\n"
_HEAD = struct.Struct(">I16s12s")
_TAG, _STAMP = 16, struct.Struct(">d")
_SYNC_SECONDS = 1.0
_KEPT_HEADERS = frozenset({"date", "link", "content-type"})


class _Kept(msgspec.Struct, array_like=True):
    status: int
    headers: dict[str, str]
    is_packed: bool
    body: bytes


class Spool:
    """The accepted answers of one unit that is being fetched. Belongs to one session and those beside it."""

    def __init__(self, file: Path, key: bytes, *, now: float) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._file, self._key, self._cipher = file, key, AESGCM(key)
        # What earlier attempts kept, in their order: a source may ask the same again and get something else.
        self._earlier: dict[bytes, deque[tuple[int, int]]] = {}
        self._synced, self._is_full = 0.0, False
        self.replayed = 0
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        self._handle = os.fdopen(descriptor, "r+b", buffering=0)
        self._begin(now)

    @classmethod
    def open(
        cls, folder: Path | None, name: str, secrets: Iterable[Secret], *, now: float | None = None
    ) -> Spool | None:
        """The spool of the unit ``name`` below ``folder``; None where there is no folder or no secret.

        A folder that cannot be written is no reason to lose a night: it is fetched without a spool.
        """
        revealed = sorted(secret.reveal() for secret in secrets)
        if folder is None or not revealed:
            return None
        key = hashlib.blake2b("\0".join(revealed).encode(), digest_size=32, person=b"spool").digest()
        file = folder / f"{hashlib.blake2b(name.encode(), digest_size=12).hexdigest()}.spool"
        try:
            return cls(file, key, now=time.time() if now is None else now)
        except OSError as error:
            log.warning("the fetch cannot be resumed if it is stopped: %s", error)
            return None

    def find(self, request: str) -> Answer | None:
        """The next answer that an earlier attempt kept of a request (method, address, form); None without any."""
        places = self._earlier.get(self._mark(request))
        kept = self._read(*places.popleft()) if places else None
        if kept is None:
            return None
        self.replayed += 1
        body = gzip.decompress(kept.body) if kept.is_packed else kept.body
        return Answer(kept.status, _Headers(kept.headers), body)

    def keep(self, request: str, answer: Answer) -> None:
        """Keep an accepted answer. A full disk is no reason to lose the night: the rest is not kept."""
        if self._is_full:
            return
        headers = {name: value for name, value in answer.headers.items() if _is_kept(name)}
        packed = answer.wire is not None
        kept = _Kept(answer.status, headers, packed, answer.wire if answer.wire is not None else answer.body)
        mark, nonce = self._mark(request), os.urandom(12)
        sealed = self._cipher.encrypt(nonce, msgspec.msgpack.encode(kept), mark)
        try:
            self._handle.seek(0, os.SEEK_END)
            self._handle.write(_HEAD.pack(len(sealed), mark, nonce) + sealed)
            if time.monotonic() - self._synced > _SYNC_SECONDS:
                os.fdatasync(self._handle.fileno())
                self._synced = time.monotonic()
        except OSError as error:
            log.warning("the fetch cannot be resumed if it is stopped: %s", error)
            self._is_full = True

    def drop(self) -> None:
        """Everything landed, or must be asked again: nothing is kept any more."""
        self._file.unlink(missing_ok=True)

    def close(self) -> None:
        self._handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _mark(self, request: str) -> bytes:
        return hmac.new(self._key, request.encode(), hashlib.sha256).digest()[:16]

    def _begin(self, now: float) -> None:
        """Read what an earlier attempt left, or begin anew."""
        head = self._handle.read(len(_MAGIC) + _STAMP.size + _TAG)
        stamp = head[len(_MAGIC) : len(_MAGIC) + _STAMP.size]
        proof = hmac.new(self._key, _MAGIC + stamp, hashlib.sha256).digest()[:_TAG]
        ours = head.startswith(_MAGIC) and hmac.compare_digest(head[-_TAG:], proof)
        if ours and 0 <= now - _STAMP.unpack(stamp)[0] <= FRESH_SECONDS:
            self._index(len(head))
            return
        stamp = _STAMP.pack(now)
        self._handle.seek(0)
        self._handle.truncate(0)
        self._handle.write(_MAGIC + stamp + hmac.new(self._key, _MAGIC + stamp, hashlib.sha256).digest()[:_TAG])

    def _index(self, at: int) -> None:
        """Where each answer lies; what was torn off by a crash is cut away."""
        size = self._handle.seek(0, os.SEEK_END)
        while at + _HEAD.size <= size:
            self._handle.seek(at)
            length, mark, _ = _HEAD.unpack(self._handle.read(_HEAD.size))
            if at + _HEAD.size + length > size:
                break
            self._earlier.setdefault(mark, deque()).append((at, length))
            at += _HEAD.size + length
        self._handle.truncate(at)

    def _read(self, at: int, length: int) -> _Kept | None:
        from cryptography.exceptions import InvalidTag

        self._handle.seek(at)
        _, mark, nonce = _HEAD.unpack(self._handle.read(_HEAD.size))
        try:
            plain = self._cipher.decrypt(nonce, self._handle.read(length), mark)
            return msgspec.msgpack.decode(plain, type=_Kept)
        except (InvalidTag, msgspec.MsgspecError):
            log.warning("a kept answer is damaged and is asked for again")
            return None


class _Headers(dict[str, str]):
    """Headers whose names ignore case, as they came."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        return super().get(name.lower(), default)


def _is_kept(name: str) -> bool:
    """What sources read of headers: moments, links and totals; never cookies or limits."""
    low = name.lower()
    return low in _KEPT_HEADERS or low.startswith(("x-wp-", "x-api-"))
