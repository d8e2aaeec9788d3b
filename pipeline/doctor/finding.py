"""What the doctor found about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """``state`` of a ``subject`` in an ``area``: what is so, and what a person should do about it.

    ``day``: on which it ends, in the calendar.
    """

    state: State
    area: str
    subject: str
    message: str
    advice: str = ""
    day: date | None = None
