"""A fault as data: what is planted in clean tables by which SQL, and which expectation must say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pipeline.quality import GateReport


class Planted(NamedTuple):
    """``sql`` changes ``relation`` (or what it is compared with); ``rule`` must fail with ``severity``.

    ``unit`` is the account that a critical failure of gate 1 must set aside, and no other.
    """

    what: str
    relation: str
    sql: str
    rule: str
    severity: str = "critical"
    unit: str | None = None


def failures(report: GateReport) -> dict[tuple[str, str], str]:
    """Failed (relation, expectation) → severity, without what is only noted."""
    return {(r.table, r.expectation): r.severity for r in report.results if not r.success and r.severity != "info"}


def ids(planted: list[Planted]) -> list[str]:
    return [f"{fault.relation}: {fault.what}" for fault in planted]
