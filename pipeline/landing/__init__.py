"""The landing: every unit's records as the platform gave them, compressed, hashed, never changed.

``<root>/<platform>/<account>/<night>/<run>/`` holds part files ``<stream>-0001.jsonl.zst`` (one JSON
object a line, zstd) and ``manifest.json``. The manifest is what makes a run exist. The root is a
folder or any address that fsspec knows.
"""

from __future__ import annotations

from pipeline.landing.names import folder_name
from pipeline.landing.reading import (
    Failure,
    failures,
    files,
    first_window,
    last_night,
    manifests,
    newest,
    nights,
    numbered,
    record,
    record_failure,
    records,
    verify,
)
from pipeline.landing.writing import write

__all__ = [
    "Failure",
    "failures",
    "files",
    "first_window",
    "folder_name",
    "last_night",
    "manifests",
    "newest",
    "nights",
    "numbered",
    "record",
    "record_failure",
    "records",
    "verify",
    "write",
]
