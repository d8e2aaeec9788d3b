"""Drivers of other versions than ours, each in a folder of its own, as their lock pins them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LOCKS = Path(__file__).parent


def installed(lock: str, folder: Path) -> Path:
    """The folder into which the packages of a lock beside this file were installed."""
    target = folder / lock.removesuffix(".txt")
    # `uv` comes with the development dependencies' installer; pip alone would do the same, slower.
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "--target", str(target)]
    subprocess.run([*command, "--python", sys.executable, "-r", str(LOCKS / lock)], check=True, timeout=300)
    return target
