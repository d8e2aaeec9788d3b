"""The plugin: the report and the state of the sources as pages of Airflow's own UI."""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from pipeline.plugin.closed import Closed

PREFIX = "/vigie"


class VigiePlugin(AirflowPlugin):
    """Named by the entry point ``airflow.plugins``; every process of Airflow imports it."""

    name = "vigie"
    fastapi_apps: ClassVar[list[Any]] = [{"app": Closed(), "url_prefix": PREFIX, "name": "Vigie"}]
    # Relative: Airflow's pages say where their root is, which may be a folder of the address.
    external_views: ClassVar[list[Any]] = [
        {"name": "Vigie: report", "href": "vigie/report", "url_route": "vigie-report", "destination": "nav"},
        {"name": "Vigie: sources", "href": "vigie/sources", "url_route": "vigie-sources", "destination": "nav"},
    ]
