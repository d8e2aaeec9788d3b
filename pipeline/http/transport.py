"""The sockets under requests: big reads, one deadline for the whole request, checked addresses.

requests knows a time-out per read only, so a platform that sends one byte a second is never late.
Here every read of the socket, head and body, gets what is left of the deadline at most.
"""

from __future__ import annotations

import http.client
import io
import socket
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from pipeline.http.origin import addresses

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# One system call fetches this much at most; the default of 8 KiB costs a third of the speed.
_BUFFER = 256 * 2**10
# Status line and headers, with what of the body came in the same read.
_MOST_HEAD = 2**20


class OversizedHead(Exception):  # noqa: N818 - an OSError would be taken for a broken connection
    """An answer whose headers have no end."""


class Deadline:
    """The moment by which the request under way must be over, shared by a session's sockets."""

    def __init__(self, *, connect_timeout: float, read_timeout: float, loopback_only: bool) -> None:
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self.loopback_only = loopback_only
        self._at = float("inf")

    def start(self, seconds: float) -> None:
        self._at = monotonic() + seconds

    @property
    def spent(self) -> bool:
        return monotonic() >= self._at

    def left(self, most: float) -> float:
        """Seconds for the next step. TimeoutError where nothing is left."""
        left = self._at - monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of the request has passed")
        return min(most, left)


class _Wire(io.RawIOBase):
    """A socket's bytes; every read waits no longer than the deadline allows."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        # Keeps the socket open while an answer is read, as the standard library's own file does.
        self._hold = sock.makefile("rb", buffering=0)
        # Bytes that may still come before the head is over; None when it is.
        self.head_left: int | None = _MOST_HEAD

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._sock.settimeout(self._deadline.left(self._deadline.read_timeout))
        received = self._sock.recv_into(buffer)
        if self.head_left is not None:
            self.head_left -= received
            if self.head_left < 0:
                raise OversizedHead(f"the head of the answer has more than {_MOST_HEAD} bytes")
        return received

    def close(self) -> None:
        if not self.closed:
            self._hold.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self._wire = _Wire(sock, deadline)
        self.fp = io.BufferedReader(self._wire, _BUFFER)

    def begin(self) -> None:
        super().begin()
        self._wire.head_left = None


def _connect(connection: HTTPConnection, deadline: Deadline) -> socket.socket:
    """Like urllib3's own, but only to addresses that were checked, and within the deadline."""
    failure: OSError | None = None
    try:
        found = addresses(connection._dns_host, connection.port, loopback_only=deadline.loopback_only)  # noqa: SLF001
    except (socket.gaierror, UnicodeError) as error:
        reason = error if isinstance(error, socket.gaierror) else socket.gaierror("no host name")
        raise NameResolutionError(connection.host, connection, reason) from error
    for family, kind, protocol, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            for option in connection.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(deadline.left(deadline.connect_timeout))
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, "connect timed out") from failure
    raise NewConnectionError(connection, "no connection") from failure


class _Plain(HTTPConnection):
    def __init__(self, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline = deadline
        self.response_class = partial(_Response, deadline=deadline)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        return _connect(self, self._deadline)


class _Secure(HTTPSConnection):
    def __init__(self, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline = deadline
        self.response_class = partial(_Response, deadline=deadline)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        return _connect(self, self._deadline)


class DeadlineAdapter(HTTPAdapter):
    """requests' adapter over these sockets. Never retries by itself: that is the session's business."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **kwargs)

        class Plain(HTTPConnectionPool):
            ConnectionCls = partial(_Plain, deadline=self._deadline)  # type: ignore[assignment]

        class Secure(HTTPSConnectionPool):
            ConnectionCls = partial(_Secure, deadline=self._deadline)  # type: ignore[assignment]

        self.poolmanager.pool_classes_by_scheme = {"http": Plain, "https": Secure}

    def close(self) -> None:
        """Closes the idle connections now: the library waits until nothing refers to them any more."""
        for key in self.poolmanager.pools.keys():  # noqa: SIM118 - it refuses to be iterated over
            if (pool := self.poolmanager.pools.get(key)) is not None:
                pool.close()
        super().close()
