"""N8: a certificate that does not fit ends the request, and nothing can switch the check off."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.errors import SourceRefused
from pipeline.http import Limits, Session, judge_status
from tests.faults.server import FaultServer, answer


@contextmanager
def https(folder: Path, *, address: str = "127.0.0.1", days_old: int = 0) -> Iterator[tuple[FaultServer, Path]]:
    """A server whose self-signed certificate is valid for a day from ``days_old`` days ago, and that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    start = datetime.now(UTC) - timedelta(days=days_old, minutes=5)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    with FaultServer(answer(b"[]"), tls=context) as server:
        yield server, public


def ask(server: FaultServer, authorities: Path | None) -> bytes:
    with Session(
        platform="matomo",
        account="1",
        night=None,
        base=server.base,
        ca_bundle=authorities,
        limits=Limits(connect_timeout=5, read_timeout=5),
        sleep=lambda _: None,
    ) as http:
        return http.get("index.php", judge=judge_status).body


def test_n8_an_unknown_certificate_is_refused_at_once_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with https(tmp_path) as (server, certificate):
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, str(certificate))
        monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
        with pytest.raises(SourceRefused, match=r"matomo 1 \(127.0.0.1\): its certificate is not accepted"):
            ask(server, None)
        assert (server.connections, server.asked) == (1, [])


def test_n8_the_authority_that_the_settings_name_is_accepted(tmp_path: Path) -> None:
    with https(tmp_path) as (server, certificate):
        assert ask(server, certificate) == b"[]"


def test_n8_a_certificate_for_another_host_is_refused_though_its_authority_is_known(tmp_path: Path) -> None:
    with https(tmp_path, address="192.0.2.1") as (server, certificate):
        with pytest.raises(SourceRefused, match="certificate is not accepted"):
            ask(server, certificate)
        assert server.asked == []


def test_n8_an_expired_certificate_is_refused_though_its_authority_is_known(tmp_path: Path) -> None:
    with https(tmp_path, days_old=3) as (server, certificate):
        with pytest.raises(SourceRefused, match="certificate has expired"):
            ask(server, certificate)
        assert server.asked == []
