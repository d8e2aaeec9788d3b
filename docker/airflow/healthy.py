"""Whether the part of Airflow that runs here is healthy, as Airflow itself tells it; ends with 1 where it is not.

``VIGIE_PART`` is a name in the answer of the API server's health page (``scheduler``, ``dag_processor``,
``triggerer``, ``metadatabase``). Asking it costs nothing; ``airflow jobs check`` starts a whole Airflow each time.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from typing import Any

API = os.environ.get("VIGIE_API", "http://api-server:8080")


def part_is_healthy(answer: dict[str, Any], part: str) -> bool:
    """What the health page says of one part; a part that it does not know is not healthy."""
    return bool(answer.get(part, {}).get("status") == "healthy")


def main() -> None:
    """Ask, and say what is wrong."""
    part = os.environ.get("VIGIE_PART", "metadatabase")
    try:
        with urllib.request.urlopen(f"{API}/api/v2/monitor/health", timeout=8) as page:  # noqa: S310 – our own server
            answer = json.load(page)
    except (OSError, ValueError) as error:
        sys.exit(f"{API} does not tell its health: {error}")
    if not part_is_healthy(answer, part):
        sys.exit(f"{part} is not healthy: {answer.get(part)}")


if __name__ == "__main__":
    main()
