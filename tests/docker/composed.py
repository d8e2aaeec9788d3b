"""The compose files as Docker reads them: defaults filled in, one file laid over the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parent.parent.parent
DOCKER: Final = ROOT / "docker"
FILES: Final = {"compose": ("compose.yaml",), "scale": ("compose.yaml", "compose.scale.yaml")}
# Lists that Docker adds to each other; of any other list the later file's counts.
_ADDED: Final = {"env_file", "secrets", "volumes", "ports", "networks"}


def composed(name: str) -> dict[str, Any]:
    """All files of a way to start Vigie as one."""
    merged: dict[str, Any] = {}
    for file in FILES[name]:
        merged = _over(merged, yaml.safe_load((DOCKER / file).read_text("utf-8")))
    return {key: value for key, value in merged.items() if not key.startswith("x-")}


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _over(old, value)
        elif isinstance(old, list) and key in _ADDED:
            merged[key] = [*old, *value]
        else:
            merged[key] = value
    return merged


def mounts(service: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What is mounted where in a service, and how (``rw`` or ``ro``), by its place inside."""
    found = {}
    for mount in service.get("volumes", []):
        # A variable at the beginning has colons of its own.
        variable = mount[: mount.find("}") + 1]
        source, place, *how = mount.removeprefix(variable).split(":")
        found[place] = (variable + source, how[0] if how else "rw")
    return found


def variables(service: dict[str, Any]) -> dict[str, str]:
    """Its environment: of its files, in their order, and of its own."""
    found: dict[str, str] = {}
    for file in service.get("env_file", []):
        lines = (DOCKER / file).read_text("utf-8").splitlines()
        found |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return found | {name: str(value) for name, value in service.get("environment", {}).items()}
