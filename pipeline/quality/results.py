"""What a gate hands back: one row per expectation, sentences for people, units to set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

SAMPLE_KEYS = 20
"""How many keys of unexpected rows a result carries at most."""


class ResultRow(NamedTuple):
    """One row of ``quality.result``, fields in the table's order.

    ``observed`` is what the expectation saw, as text; ``unexpected_count`` is NULL where the
    expectation does not count rows. ``sample_keys`` is JSON: up to ``SAMPLE_KEYS`` objects of
    platform ids, days and numbers, never a text or a name; NULL on success.
    """

    night: date
    gate: int
    suite: str
    expectation: str
    table: str
    column: str | None
    severity: str
    success: bool
    observed: str | None
    unexpected_count: int | None
    sample_keys: str | None
    run_id: str


@dataclass(frozen=True)
class GateReport:
    """What one ``Gate.check`` found.

    ``critical`` and ``warnings`` are sentences, one per failed expectation. ``units`` are the
    (platform, account) pairs that critical failures of gate 1 touch: these alone are set aside.
    """

    results: list[ResultRow] = field(default_factory=list)
    critical: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    units: frozenset[tuple[str, str]] = frozenset()

    @property
    def passed(self) -> bool:
        """True when no critical expectation failed; warnings do not block."""
        return not self.critical
