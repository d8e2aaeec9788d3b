"""Credentials on their way into a request: revealed at the last moment, in no variable before it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import urlencode

from requests import PreparedRequest
from requests.auth import AuthBase

from pipeline.errors import ConfigError
from pipeline.http.redaction import register_secret
from pipeline.settings import Secret


class Credentials(AuthBase):
    """Headers and basic authentication of a session. Shows nothing of them when printed."""

    def __init__(self, headers: Mapping[str, str | Secret], basic: tuple[str | Secret, str | Secret] | None) -> None:
        self._headers = dict(headers)
        self._basic = basic
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
        return request


class Form(AuthBase):
    """Credentials plus the body of a POST, where some platforms want the token."""

    def __init__(self, credentials: Credentials, values: Mapping[str, str | int | Secret]) -> None:
        self._credentials = credentials
        self._values = dict(values)
        register_secret(*(value.reveal() for value in values.values() if isinstance(value, Secret)))

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request = self._credentials(request)
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.body = urlencode([(name, _plain(value)) for name, value in self._values.items()]).encode("ascii")
        return request


class Tunnel(AuthBase):
    """Credentials plus a query that is too long for an address: a POST that stands for a GET."""

    def __init__(self, credentials: Credentials, query: str) -> None:
        self._credentials = credentials
        self._query = query

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request = self._credentials(request)
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.headers["X-HTTP-Method-Override"] = "GET"
        request.body = self._query.encode("ascii")
        return request


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
