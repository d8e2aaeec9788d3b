"""Credentials on their way into a request: revealed at the last moment, in no variable before it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
from requests import PreparedRequest
from requests.auth import AuthBase

from pipeline.errors import ConfigError
from pipeline.http.redaction import register_secret
from pipeline.settings import Secret

if TYPE_CHECKING:
    from pipeline.http.oauth1 import Signature
    from pipeline.http.tokens import Token


class Authorised(AuthBase):
    """What goes along with a request. ``told`` tells its body from another one, and shows no secret."""

    told = ""


class Credentials(Authorised):
    """Headers, basic authentication and token of a session. Shows nothing of them when printed."""

    def __init__(
        self,
        headers: Mapping[str, str | Secret],
        basic: tuple[str | Secret, str | Secret] | None,
        token: Token | None = None,
        signature: Signature | None = None,
    ) -> None:
        self._headers = dict(headers)
        self._basic = basic
        self._token = token
        self._signature = signature
        for name, value in self._headers.items():
            _check_header(name, value)
            if isinstance(value, Secret):
                # "Bearer abc": the token alone must be recognised too.
                register_secret(value.reveal(), *value.reveal().split(" ")[1:])
        if basic is not None:
            user, password = basic
            if ":" in _plain(user):
                raise ConfigError(f"{_name(user)}: a user name must not contain a colon")
            register_secret(_plain(password), _pair(basic), *([user.reveal()] if isinstance(user, Secret) else []))

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        for name, value in self._headers.items():
            request.headers[name] = _plain(value)
        if self._basic is not None:
            request.headers["Authorization"] = f"Basic {_pair(self._basic)}"
        if self._token is not None:
            request.headers[self._token.header] = self._token.value()
        if self._signature is not None:
            request.headers["Authorization"] = self._signature.header(str(request.method), str(request.url))
        return request

    def spender(self) -> str:
        """Whose limits are spent: every credential of the session in one text, "" without any."""
        told = [_plain(value) for value in self._headers.values() if isinstance(value, Secret)]
        return "\n".join([*told, *([_pair(self._basic)] if self._basic else [])])


class Form(Authorised):
    """Credentials plus the body of a POST, where some platforms want the token."""

    def __init__(self, credentials: Credentials, values: Mapping[str, str | int | Secret]) -> None:
        self._credentials = credentials
        self._values = dict(values)
        self.told = repr(sorted(self._values.items(), key=lambda each: each[0]))
        register_secret(*(value.reveal() for value in values.values() if isinstance(value, Secret)))

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request = self._credentials(request)
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.body = urlencode([(name, _plain(value)) for name, value in self._values.items()]).encode("ascii")
        return request


class Tunnel(Authorised):
    """Credentials plus a query that is too long for an address: a POST that stands for a GET."""

    def __init__(self, credentials: Credentials, query: str) -> None:
        self._credentials = credentials
        self._query = self.told = query

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request = self._credentials(request)
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.headers["X-HTTP-Method-Override"] = "GET"
        request.body = self._query.encode("ascii")
        return request


class Json(Authorised):
    """Credentials plus a JSON body, which may hold secrets at any depth."""

    def __init__(self, credentials: Credentials, value: object) -> None:
        self._credentials = credentials
        self._value = value
        self.told = repr(value)
        _revealed(value, register=True)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request = self._credentials(request)
        request.headers["Content-Type"] = "application/json"
        request.body = msgspec.json.encode(_revealed(self._value))
        return request


def _revealed(value: object, *, register: bool = False) -> object:
    if isinstance(value, Secret):
        if register:
            register_secret(value.reveal())
        return value.reveal()
    if isinstance(value, Mapping):
        return {name: _revealed(part, register=register) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_revealed(part, register=register) for part in value]
    return value


def _plain(value: str | int | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else str(value)


def _pair(basic: tuple[str | Secret, str | Secret]) -> str:
    return base64.b64encode(f"{_plain(basic[0])}:{_plain(basic[1])}".encode()).decode("ascii")


def _name(value: str | Secret) -> str:
    return value.reference if isinstance(value, Secret) else "header"


def _check_header(name: str, value: str | Secret) -> None:
    """The HTTP library would quote a bad value in its error, so it must never see one."""
    text = _plain(value)
    if not text.isascii() or not text.isprintable() or text != text.strip() or not text:
        raise ConfigError(f"{_name(value)}: the value for the {name} header is empty or has line breaks or spaces")
