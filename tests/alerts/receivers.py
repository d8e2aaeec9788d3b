"""Real receivers on loopback: a webhook, a mail server, and a proxy that plays any https:// host of a chat."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Request:
    """One request as it came over the wire."""

    host: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        return json.loads(self.body)


@dataclass
class Inbox:
    """What a webhook was posted; ``status`` is what it answers, after ``seconds``; ``on_post`` is called before."""

    status: int = 200
    seconds: float = 0.0
    location: str | None = None
    answer: bytes = b'{"ok": true}'
    on_post: Callable[[Request], None] = lambda _: None
    requests: list[Request] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        return [request.content["title"] for request in self.requests]

    @contextmanager
    def open(self) -> Iterator[str]:
        with served(self) as server:
            yield f"http://127.0.0.1:{server.server_port}/hook/s3cret-path"


def handler(inbox: Inbox) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.headers.get("Host", ""), self.path, dict(self.headers.items()), body)
            inbox.requests.append(request)
            inbox.on_post(request)
            time.sleep(inbox.seconds)
            self.send_response(inbox.status)
            if inbox.location:
                self.send_header("Location", inbox.location)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(inbox.answer)))
            self.end_headers()
            self.wfile.write(inbox.answer)

        do_GET = do_POST  # noqa: N815 – the server's name

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # A sender that was killed leaves half a request.
    handle_error = lambda *_: None  # noqa: E731


@contextmanager
def served(inbox: Inbox) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), handler(inbox))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Postbox:
    """What the SMTP server on loopback was given."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 – aiosmtpd's name
        self.mails.append(envelope.content)
        return "250 accepted"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(mail, policy=policy.default) for mail in self.mails]

    @contextmanager
    def open(self) -> Iterator[int]:
        controller = Controller(self, hostname="127.0.0.1", port=free_port())
        controller.start()
        try:
            yield controller.port
        finally:
            controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Everywhere:
    """A proxy that answers for every https:// host, with certificates of an authority of its own.

    Chats whose address Apprise knows by heart are reached at their own address: what is seen here is what would
    go over the wire to them.
    """

    def __init__(self, folder: Path) -> None:
        self.inbox, self._folder = Inbox(), folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test's authority")])
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(self._certified("a test's authority", self._key, authority=True))

    @property
    def requests(self) -> list[Request]:
        return self.inbox.requests

    @contextmanager
    def open(self) -> Iterator[dict[str, str]]:
        """The environment in which every https:// request comes here."""
        with served(self.inbox) as inner, socket.create_server(("127.0.0.1", 0)) as door:
            threading.Thread(target=self._accept, args=(door, inner), daemon=True).start()
            proxy = f"http://127.0.0.1:{door.getsockname()[1]}"
            yield {
                "HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": "", "no_proxy": "",
                "REQUESTS_CA_BUNDLE": str(self.authority), "SSL_CERT_FILE": str(self.authority),
            }  # fmt: skip

    def _accept(self, door: socket.socket, inner: Server) -> None:
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(line, inner), daemon=True).start()

    def _connect(self, line: socket.socket, inner: Server) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += line.recv(4096)
        host = asked.split(b" ")[1].decode().rpartition(":")[0]
        line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate(host))
        with line, context.wrap_socket(line, server_side=True) as wrapped:
            inner.RequestHandlerClass(wrapped, ("127.0.0.1", 0), inner)

    def _certificate(self, host: str) -> Path:
        file = self._folder / f"{host}.pem"
        if not file.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            secret = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            file.write_bytes(secret + self._certified(host, key, authority=False))
        return file

    def _certified(self, name: str, key: ec.EllipticCurvePrivateKey, *, authority: bool) -> bytes:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:60])])
        now = datetime.now(UTC)
        draft = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if not authority:
            draft = draft.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        return draft.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
