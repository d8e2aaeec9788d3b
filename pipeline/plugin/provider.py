"""What Vigie tells Airflow of itself as a provider; named by the entry point ``apache_airflow_provider``."""

from __future__ import annotations

from typing import Any


def get_provider_info() -> dict[str, Any]:
    """Name, connection types and notifier, in the form of Airflow's ``provider_info.schema.json``."""
    from pipeline.plugin.connections import connection_types

    return {
        "package-name": "vigie",
        "name": "Vigie",
        "description": "Connections of the platforms that Vigie reads.",
        "connection-types": [each.as_provider_info() for each in connection_types()],
    }
