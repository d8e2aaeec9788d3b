"""What is planted in clean tables, and what is legal in them: data files, read here.

``faults/<name>.yml`` holds the faults of one table, or of the same table of several platforms: ``gate`` (1 or 2),
``tables`` (a list, or table → the account whose rows are spoilt), and for each fault what is ``planted`` by which
``sql``, which expectation it must be ``caught_by`` with which ``severity``, and whose unit it ``sets_aside`` at gate 1.
``{table}``, ``{platform}``, ``{account}`` and ``{now}`` (the night that waits for the gate) stand for what they say.

``legal/<platform>.yml`` holds what no gate may set anything aside for: what it is → SQL.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from pipeline import sources

HERE: Final = Path(__file__).parent
NOW: Final = "night = date '2026-11-02'"


class Planted(NamedTuple):
    """``sql`` changes ``table`` (or what it is compared with); ``rule`` must fail with ``severity``.

    ``account``: whose unit a critical failure of gate 1 must set aside, and no other; None where every unit may go.
    """

    what: str
    gate: int
    table: str
    sql: str
    rule: str
    severity: str
    account: str | None

    def __str__(self) -> str:
        return f"{self.table}: {self.what}"


class Legal(NamedTuple):
    """Data of these ``platforms`` that are odd, and right."""

    what: str
    platforms: tuple[str, ...]
    sql: str

    def __str__(self) -> str:
        return f"{'_'.join(self.platforms)}: {self.what}"


def platform_of(table: str) -> str:
    """The platform whose staging relation it is; none for a mart."""
    schema, _, name = table.partition(".")
    known = [platform for platform in sources.names() if name.startswith(f"{platform}_")]
    return max(known, key=len) if schema == "staging" else ""


def faults(gate: int) -> list[Planted]:
    """Every planted fault of a gate, table by table."""
    files = [yaml.safe_load(file.read_text("utf-8")) for file in sorted((HERE / "faults").glob("*.yml"))]
    return [fault for told in files if told["gate"] == gate for fault in _of_file(told)]


def _of_file(told: dict[str, Any]) -> list[Planted]:
    tables = told["tables"] if isinstance(told["tables"], dict) else dict.fromkeys(told["tables"])
    return [_fault(told["gate"], table, account, each) for table, account in tables.items() for each in told["faults"]]


def _fault(gate: int, table: str, account: str | None, told: dict[str, str]) -> Planted:
    words = {"table": table, "platform": platform_of(table), "account": account, "now": NOW}
    aside = told.get("sets_aside")
    return Planted(
        what=told["planted"],
        gate=gate,
        table=table,
        sql=told["sql"].format(**words),
        rule=told["caught_by"],
        severity=told["severity"],
        account=aside and aside.format(**words),
    )


def legal() -> list[Legal]:
    """All that is odd and right, by whose data it is; the ordinary brand has several platforms."""
    found = []
    for file in sorted((HERE / "legal").glob("*.yml")):
        of = ("facebook", "wordpress", "matomo", "woocommerce") if file.stem == "brand" else (file.stem,)
        found += [Legal(what, of, sql) for what, sql in yaml.safe_load(file.read_text("utf-8")).items()]
    return found
