"""A connection type for each platform that wants credentials, with a form made of what its source declares.

One credential of a platform is the connection's password, which ``airflow:CONNECTION`` names; each other one is a field
of its own, ``airflow:CONNECTION#field``. The password is the one that Airflow would not hide by its name,
so no secret is shown by Airflow's pages, its API or its logs.

Airflow asks for the types in every process that it starts, and all sources take half a second to import: the
types are written down in ``connections.json``. ``python -m pipeline.plugin.connections`` writes it anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("connections.json")
# By such parts of a field's name Airflow knows that it must be hidden.
HIDDEN_BY_AIRFLOW = ("token", "secret", "password", "service_account")
# Names an app, and opens nothing.
PUBLIC = ("client_id",)
PREFIX = "vigie_"


@dataclass(frozen=True)
class ConnectionType:
    """Of one platform: the credential that is the password, the other ones, and whether a user name belongs to it."""

    platform: str
    title: str
    password: str
    others: tuple[str, ...]
    required: tuple[str, ...]
    with_login: bool

    @property
    def name(self) -> str:
        return PREFIX + self.platform

    @property
    def label(self) -> str:
        return f"Vigie: {self.title}"

    def as_provider_info(self) -> dict[str, Any]:
        """As ``get_provider_info`` tells it; the fields are JSON schemas."""
        hidden = ["host", "schema", "port", "extra", *([] if self.with_login else ["login"])]
        relabeled = {"password": _label(self.password), **({"login": "User"} if self.with_login else {})}
        return {
            "connection-type": self.name,
            "hook-name": self.label,
            "hook-class-name": f"pipeline.plugin.hooks.{self.name}",
            "ui-field-behaviour": {
                "hidden-fields": hidden,
                "relabeling": relabeled,
                "placeholders": {"password": f'{self.password} = "airflow:CONNECTION_ID"'},
            },
            "conn-fields": {name: self._field(name) for name in self.others},
        }

    def _field(self, name: str) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": ["string", "null"]}
        if name not in PUBLIC:
            schema["format"] = "password"
        needed = "needed" if name in self.required else "if there is one"
        return {
            "label": _label(name),
            "schema": schema,
            "description": f'{needed}; in vigie.toml: {name} = "airflow:CONNECTION_ID#{name}"',
        }


def connection_types() -> Iterator[ConnectionType]:
    """One for each platform that is asked over HTTP with any credential, in the order of their names."""
    from pipeline import sources

    for platform in sources.names():
        source = sources.module(platform)
        if source.ORIGIN != "api" or not (names := (*source.CREDENTIALS, *source.OPTIONAL_CREDENTIALS)):
            continue
        password = next((name for name in names if not _is_hidden(name) and name not in PUBLIC), names[0])
        yield ConnectionType(
            platform=platform,
            title=_title(source.__doc__ or platform),
            password=password,
            others=tuple(name for name in names if name != password),
            required=source.CREDENTIALS,
            with_login="user" in source.OPTIONS,
        )


def _title(doc: str) -> str:
    """How the first line of a source names its platform: ``Google Analytics 4, the Data API: visits …``."""
    return re.split(r"[:,]| through ", doc.splitlines()[0])[0].rstrip(".")


def _is_hidden(name: str) -> bool:
    return any(part in name for part in HIDDEN_BY_AIRFLOW)


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def written() -> list[dict[str, Any]]:
    """The types as Airflow is told of them."""
    types: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return types


def declared() -> list[dict[str, Any]]:
    """The same, from what the sources declare now."""
    return [each.as_provider_info() for each in connection_types()]


if __name__ == "__main__":
    FILE.write_text(json.dumps(declared(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
