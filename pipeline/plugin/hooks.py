"""The class that Airflow wants behind each connection type: it gives the credentials, requests are made by the sources.

``pipeline.plugin.hooks.vigie_facebook`` and its like are made when they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from airflow.sdk import BaseHook

from pipeline.plugin.brand import connection
from pipeline.plugin.connections import written


class PlatformHook(BaseHook):
    """Credentials of one account: ``get_conn`` gives the login, the password and the other fields by their names."""

    conn_name_attr = "connection_id"
    conn_type: str
    hook_name: str

    def __init__(self, connection_id: str) -> None:
        super().__init__()
        self.connection_id = connection_id

    def get_conn(self) -> Mapping[str, str]:
        return connection(self.connection_id)


@cache
def __getattr__(name: str) -> type[PlatformHook]:
    for each in written():
        if each["connection-type"] == name:
            return type(name, (PlatformHook,), {"conn_type": name, "hook_name": each["hook-name"]})
    raise AttributeError(f"{__name__} has no {name}")
