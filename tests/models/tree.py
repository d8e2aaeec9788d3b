"""Small trees of SQL files for tests of the runner."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

VIEW = "-- grain: one row per id\n"
TABLE = "-- grain: one row per id\n-- key: id\n-- rebuild: whole\n"
BY_DAY = "-- grain: one row per id\n-- key: id\n-- rebuild: day\n"


def tree(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files such as ``core/a.sql`` below a new ``sql`` folder and give it."""
    root = folder / "sql"
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root
