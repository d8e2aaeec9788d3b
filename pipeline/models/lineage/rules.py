"""What SQL does with metrics that the registry does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from pipeline.models.lineage.origins import Origin, Value
from pipeline.models.lineage.scopes import Scope
from pipeline.models.lineage.selects import Selects, scopes_of
from pipeline.models.lineage.values import MEANS, PICKS, SUMS, argument, function, is_row_wise


@dataclass(frozen=True, order=True)
class Breach:
    """One place where a model does with a metric what its additivity forbids."""

    relation: str
    metric: str
    what: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.relation}, line {self.line}: {self.message}"


def breaches(relation: str, scope: Scope, selects: Selects[Origin]) -> Iterator[Breach]:
    """All breaches in one model, also those that it is allowed."""
    for each in scopes_of(scope):
        for node in each.find_all(exp.Func, exp.Add):
            for found in sorted(set(_forbidden(node, each, selects))):
                yield _breach(relation, node, found)


def _forbidden(node: exp.Expr, scope: Scope, selects: Selects[Origin]) -> Iterator[Origin]:
    """The metrics that must not be treated so."""
    name = function(node)
    if isinstance(node, exp.Add):
        # Two numbers of people stand beside each other: some are counted in both.
        left, right = (_people(selects.value(part, scope)) for part in (node.this, node.expression))
        yield from left | right if left and right else ()
    elif is_row_wise(node) and name in SUMS | MEANS:
        parts = [_people(selects.value(part, scope)) for part in argument(node).expressions]
        yield from frozenset().union(*parts) if sum(map(bool, parts)) > 1 else ()
    elif name in SUMS | MEANS:
        yield from (each for each in selects.value(argument(node), scope) if each.additivity != "sum")
    elif name in PICKS and not _is_within_row(node) and not _is_of_one(node):
        yield from _people(selects.value(argument(node), scope))


def _people(value: Value) -> Value:
    """Numbers of different people: neither added up, nor is one day's the period's."""
    return frozenset(each for each in value if each.is_people)


def _is_within_row(node: exp.Expr) -> bool:
    return function(node).startswith("list_") and not isinstance(argument(node), exp.ArrayAgg)


def _is_of_one(node: exp.Expr) -> bool:
    """``case when count(*) = 1 then max(x) end``: of a single row any choice is the row."""
    branch = node.find_ancestor(exp.If, exp.Select)
    if not isinstance(branch, exp.If):
        return False
    return any(
        isinstance(each.this, exp.Count) and each.expression == exp.Literal.number(1)
        for each in branch.this.find_all(exp.EQ)
    )


def _breach(relation: str, node: exp.Expr, origin: Origin) -> Breach:
    what = "+" if isinstance(node, exp.Add) else function(node)
    line = next((int(each.meta["line"]) for each in node.find_all(exp.Identifier) if "line" in each.meta), 0)
    message = (
        f"{node.sql(dialect='duckdb')} does {what} of {origin}, whose additivity is {origin.additivity}; "
        f"if it must be, say so: -- sums: {origin.metric}, because …"
    )
    return Breach(relation, origin.metric, what, line, message)
