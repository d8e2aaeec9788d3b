"""What the doctor found about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """``state`` of a ``subject`` in an ``area``: what is so, and what a person should do about it."""

    state: State
    area: str
    subject: str
    message: str
    advice: str = ""
