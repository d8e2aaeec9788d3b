"""The simulator on a port of this machine: one thread per connection, kept alive, nothing buffered."""

from __future__ import annotations

import contextlib
import signal
import socket
import socketserver
import sys
from datetime import date
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from pipeline.simulator import control
from pipeline.simulator.delivery import deliver
from pipeline.simulator.simulator import Simulator
from pipeline.simulator.wire import MalformedRequestError, Reply, read_request, rendered


class _Listener(socketserver.ThreadingTCPServer):
    """Accepts connections and knows those that are open, so that closing does not wait for clients."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        self.simulator = simulator
        self.open: set[socket.socket] = set()
        self.lock = Lock()
        super().__init__(address, _Connection)

    def close_connections(self) -> None:
        with self.lock:
            for connection in self.open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    rbufsize = 65_536
    server: _Listener

    def handle(self) -> None:
        with self.server.lock:
            self.server.open.add(self.connection)
        try:
            while self._exchange():
                pass
        except OSError:
            return  # the client has gone
        finally:
            with self.server.lock:
                self.server.open.discard(self.connection)

    def _exchange(self) -> bool:
        """One request and its answer; whether another one may follow."""
        simulator = self.server.simulator
        try:
            request = read_request(self.rfile)
        except MalformedRequestError as reason:
            bad = Reply({"error": str(reason)}, status=400, headers=(("Connection", "close"),))
            self.connection.sendall(b"".join(rendered(bad, simulator.clock.now, packed=False)))
            return False
        if request is None:
            return False
        if request.path.startswith(control.PREFIX):
            told = control.answer(request, simulator)
            self.connection.sendall(b"".join(rendered(told, simulator.clock.now, packed=False)))
            return True
        again = deliver(self.connection, *simulator.respond(request))
        return again and request.headers.get("connection", "").lower() != "close"


class Server:
    """A running simulator. ``with serve() as server: … server.url …``; ``close`` is safe to call twice."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, **world: Any) -> None:
        self.simulator = Simulator(**world)
        self._listener = _Listener((host, port), self.simulator)
        self.port = int(self._listener.server_address[1])
        self.url = f"http://{host}:{self.port}"
        self._thread = Thread(target=self._listener.serve_forever, args=(0.05,), name="simulator", daemon=True)
        self._thread.start()

    def night(self, night: date) -> None:
        """Set the clock to the fetch of that night."""
        self.simulator.clock.set_night(night)

    def join(self) -> None:
        """Wait until the server is closed."""
        self._thread.join()

    def close(self) -> None:
        self._listener.shutdown()
        self._listener.close_connections()
        self._listener.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(port: int = 0, seed: int = 7, nights: int = 90, *, host: str = "127.0.0.1", **scale: Any) -> Server:
    """Start the simulator in a thread. ``port`` 0 takes a free one; ``scale`` as in ``World``."""
    return Server(host=host, port=port, seed=seed, nights=nights, **scale)


def run_forever(port: int, seed: int, nights: int, *, host: str = "127.0.0.1") -> None:
    """Serve until interrupted: Ctrl-C and SIGTERM end it quietly. Says the address in a line of its own.

    Both are asked for by name: a shell starts what runs in its background with Ctrl-C ignored.
    """
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
    with serve(port, seed, nights, host=host) as server, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        server.join()
