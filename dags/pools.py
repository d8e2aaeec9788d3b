"""``python -m dags.pools``: the pools that the DAG needs, as JSON for ``airflow pools import``.

Each platform's pool is as wide as its source allows; the warehouse has one writer.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from pipeline import sources
from pipeline.settings import read_outline

WAREHOUSE = "vigie_warehouse"


def pools(settings: Path) -> dict[str, dict[str, object]]:
    """Slots and description by name, for the platforms that ``settings`` names.

    Raises SettingsError for settings that cannot be read, ConfigError for an unknown platform.
    """
    wanted: dict[str, dict[str, object]] = {
        f"vigie_{platform}": {"slots": sources.module(platform).POOL_SLOTS, "description": f"Fetches of {platform}"}
        for platform in read_outline(settings).platforms
        if sources.module(platform).ORIGIN == "api"
    }
    return wanted | {WAREHOUSE: {"slots": 1, "description": "The one writer of the DuckDB file"}}


def main() -> None:
    """Print the pools of the settings file that ``VIGIE_SETTINGS`` names."""
    settings = Path(os.environ.get("VIGIE_SETTINGS", "vigie.toml"))
    sys.stdout.write(json.dumps(pools(settings), indent=2) + "\n")


if __name__ == "__main__":
    main()
