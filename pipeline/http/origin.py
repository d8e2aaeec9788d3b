"""Where requests may go: one origin per session, checked as text and again as an address.

A base address comes from a person and is checked once. A link that a platform sends is data: it is
compared with the base and never followed (see ``pipeline.paging.cursor_of``).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pipeline.errors import ConfigError, SourceChanged

_PORTS = {"http": 80, "https": 443}
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")

Address = tuple[socket.AddressFamily, socket.SocketKind, int, tuple[str, int] | tuple[str, int, int, int]]


class ForbiddenAddress(Exception):  # noqa: N818 - an OSError would be taken for a broken connection
    """A host name that leads to an address which no platform has."""


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port; what the browser calls an origin."""

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin | None:
    """The origin of an absolute http(s) address, None where it is anything else or carries a user."""
    if _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or "%" in parts.netloc:
        return None
    return Origin(scheme, parts.hostname.lower(), _PORTS[scheme] if port is None else port)


def checked_base(base: str, *, allow_http: bool) -> Origin:
    """The origin of a base address from the settings. ConfigError says what is wrong with it."""
    origin = origin_of(base)
    if origin is None:
        raise ConfigError("base: an address such as https://host/path is needed, without user or password")
    if urlsplit(base).query or urlsplit(base).fragment:
        raise ConfigError(f"base: the address of {origin.host} must end before any ? or #")
    if origin.scheme == "http" and not allow_http and not _names_loopback(origin.host):
        raise ConfigError(f"base: {origin.host} is asked over plain http, which shows the token on the way; use https")
    return origin


def joined(base: str, path: str) -> str:
    """``path`` appended to ``base``. SourceChanged where it would leave the base or is no plain path."""
    decoded = unquote(path)
    leaves = any(segment in {".", ".."} for segment in decoded.split("/"))
    if (
        leaves
        or path.startswith("//")
        or "://" in decoded
        or not _PATH.fullmatch(path)
        or _UNSAFE.search(decoded.replace(" ", ""))
    ):
        raise SourceChanged("an identifier of the platform cannot be part of an address")
    return base if not path else f"{base.rstrip('/')}/{path.lstrip('/')}"


def finished(query: str) -> str:
    """A query that is quoted already. SourceChanged where it holds what no query may, such as a space or a #."""
    if not _QUERY.fullmatch(query):
        raise SourceChanged("an identifier of the platform cannot be part of a query")
    return query


def _names_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def addresses(host: str, port: int, *, loopback_only: bool) -> list[Address]:
    """What the name resolves to, checked: the socket connects to exactly these, nothing is resolved twice.

    Raises socket.gaierror for an unknown name, ForbiddenAddress for link-local addresses (where
    machines in a cloud keep their credentials), multicast and unspecified ones.
    """
    found: list[Address] = []
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
        mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
        ip = mapped or ip
        if ip.is_link_local or ip.is_multicast or ip.is_unspecified or (loopback_only and not ip.is_loopback):
            raise ForbiddenAddress(f"{host} leads to {ip}, which is not asked")
        found.append((family, kind, protocol, address))  # type: ignore[arg-type]  # int, bytes: other families
    return found
