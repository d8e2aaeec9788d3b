"""Commands of the simulator: platforms played on this machine, and the truth to compare with."""

from __future__ import annotations

import typer

PANEL = "Simulator"


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
