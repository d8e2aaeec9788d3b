"""What Vigie tells Airflow of itself as a provider; named by the entry point ``apache_airflow_provider``."""

from __future__ import annotations

from typing import Any

from pipeline.plugin.connections import written


def get_provider_info() -> dict[str, Any]:
    """Name, connection types and notifier, in the form of Airflow's ``provider_info.schema.json``."""
    return {
        "package-name": "vigie",
        "name": "Vigie",
        "description": "Connections of the platforms that Vigie reads.",
        "connection-types": written(),
        "notifications": ["pipeline.plugin.notifier.VigieNotifier"],
    }
