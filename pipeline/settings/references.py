"""Secrets by reference: ``env:NAME``, ``file:/PATH`` or ``airflow:CONNECTION``, resolved without ever being shown.

A file holds the secret alone, in one line, as Docker and systemd hand secrets over.

An Airflow connection gives its password; ``airflow:CONNECTION#login`` or ``#field`` gives its login
or a field of its extra. Outside Airflow the connection is read from ``AIRFLOW_CONN_<ID>``, as JSON
or as a URI, the two forms that Airflow itself reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.settings.findings import is_one_line, looks_secret
from pipeline.settings.values import Secret

Connections = Callable[[str], Mapping[str, str]]

# Upper case only: a token pasted after "env:" then never passes for a name, so it is never printed.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_CONNECTION = re.compile(r"(?P<id>[A-Za-z][A-Za-z0-9_.-]{0,63})(?:#(?P<field>[a-z][a-z0-9_]{0,31}))?")
_FILE = re.compile(r"(/[A-Za-z0-9._-]{1,64}){1,12}")
_LONGEST_SECRET = 8192


class UnusableReferenceError(ValueError):
    """A reference that gives no usable secret. The message never holds a value."""


class UnresolvedReferenceError(UnusableReferenceError):
    """A reference that is well written, but this machine has no usable value for it."""


@dataclass(frozen=True)
class References:
    """Resolves references from an environment and, inside Airflow, from its connections.

    ``required`` False: what does not resolve is left out, for work that makes no request.
    """

    environment: Mapping[str, str]
    connections: Connections | None = None
    required: bool = True

    def secret(self, reference: str) -> Secret:
        """The secret behind a reference.

        Raises UnusableReferenceError: not a reference, not set, blank, or with line breaks.
        """
        kind, _, name = reference.partition(":")
        if kind in ("env", "file", "airflow") and looks_secret(name):
            raise UnusableReferenceError(f"after {kind}: comes a name, and this looks like the secret itself")
        if kind == "env" and _VARIABLE.fullmatch(name):
            if name not in self.environment:
                raise UnresolvedReferenceError(f"the environment variable {name} is not set")
            return Secret(reference, _usable(f"the environment variable {name}", self.environment[name]))
        if kind == "env":
            raise UnusableReferenceError("after env: comes a name in capitals, digits and _ (not shown here)")
        if kind == "file":
            return Secret(reference, _of_file(name))
        if kind == "airflow":
            return self._of_connection(reference, name)
        raise UnusableReferenceError(
            'a secret never stands in the file: write "env:NAME", "file:/PATH" or '
            '"airflow:CONNECTION" (value not shown)'
        )

    def login(self, reference: str) -> str | None:
        """The login of the connection that a password reference names, None where there is none."""
        match = _CONNECTION.fullmatch(reference.removeprefix("airflow:"))
        if not reference.startswith("airflow:") or match is None:
            return None
        return self._connection(match["id"]).get("login") or None

    def _of_connection(self, reference: str, name: str) -> Secret:
        match = _CONNECTION.fullmatch(name)
        if match is None:
            raise UnusableReferenceError("after airflow: comes a connection id, id#login or id#field (not shown here)")
        field = match["field"] or "password"
        fields = self._connection(match["id"])
        if field not in fields:
            raise UnresolvedReferenceError(f"the Airflow connection {match['id']} has no {field}")
        return Secret(reference, _usable(f"the {field} of the Airflow connection {match['id']}", fields[field]))

    def _connection(self, connection: str) -> Mapping[str, str]:
        if self.connections is not None:
            try:
                return self.connections(connection)
            except Exception as error:  # noqa: BLE001  Airflow raises many kinds, and its text may hold the secret
                raise UnresolvedReferenceError(
                    f"Airflow gives no connection {connection} ({type(error).__name__})"
                ) from None
        variable = f"AIRFLOW_CONN_{connection.upper()}"
        if variable not in self.environment:
            raise UnresolvedReferenceError(f"the environment variable {variable} (an Airflow connection) is not set")
        fields = _connection_fields(self.environment[variable].strip())
        if fields is None:
            raise UnresolvedReferenceError(f"{variable} is neither a connection URI nor its JSON (not shown)")
        return fields


def _of_file(path: str) -> str:
    """The one line of a file, whose name is shown and whose content is not."""
    if not _FILE.fullmatch(path):
        raise UnusableReferenceError("after file: comes a whole path of letters, digits and ._- (not shown here)")
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            value = file.read(_LONGEST_SECRET + 2)
    except (OSError, ValueError) as error:
        raise UnresolvedReferenceError(f"{path} cannot be read ({type(error).__name__})") from None
    return _usable(path, value.removesuffix("\n").removesuffix("\r"))


def _connection_fields(text: str) -> dict[str, str] | None:
    """Login, password and extra fields of a connection written as JSON or URI; None if it is neither."""
    if not text.startswith("{"):
        return _uri_fields(text)
    try:
        value = json.loads(text)
        extra = value.get("extra") or {}
        extra = json.loads(extra) if isinstance(extra, str) else extra
        fields = {**extra, **{name: value.get(name) for name in ("login", "password")}}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return {name: content for name, content in fields.items() if isinstance(content, str)}


def _uri_fields(text: str) -> dict[str, str] | None:
    try:
        uri = urlsplit(text)
        user, password, extra = uri.username, uri.password, dict(parse_qsl(uri.query))
    except ValueError:
        return None
    if not uri.scheme or "://" not in text:
        return None
    named = {"login": user, "password": password}
    return extra | {name: unquote(value) for name, value in named.items() if value is not None}


def _usable(what: str, value: str) -> str:
    """The value, if a request can carry it. Raises UnresolvedReferenceError without showing it."""
    if not value.strip():
        raise UnresolvedReferenceError(f"{what} is blank")
    if not is_one_line(value):
        raise UnresolvedReferenceError(f"{what} contains a line break or a control character")
    if value != value.strip():
        raise UnresolvedReferenceError(f"{what} begins or ends with a space")
    if len(value) > _LONGEST_SECRET:
        raise UnresolvedReferenceError(f"{what} is longer than {_LONGEST_SECRET} characters")
    return value
