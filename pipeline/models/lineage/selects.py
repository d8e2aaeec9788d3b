"""What the columns of a SELECT are made of: through CTEs, subqueries, unions and joins, each scope read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from pipeline.models.lineage.origins import NOTHING, Value, union
from pipeline.models.lineage.scopes import Scope
from pipeline.models.lineage.values import made_of

OfColumn = Callable[[str, str], Value]
"""Relation and column → what it is made of."""


class Selects:
    """Answers for all scopes of one model."""

    def __init__(self, of_column: OfColumn) -> None:
        self._of_column = of_column
        self._known: dict[int, dict[str, Value]] = {}

    def columns(self, scope: Scope) -> dict[str, Value]:
        """Column → what it is made of. A recursive CTE is what it begins with."""
        if id(scope) not in self._known:
            self._known[id(scope)] = {}
            self._known[id(scope)] = self._read(scope)
        return self._known[id(scope)]

    def value(self, node: exp.Expr, scope: Scope) -> Value:
        """What an expression that stands in a scope is made of."""
        return made_of(node, lambda column: self._resolve(column, scope))

    def _read(self, scope: Scope) -> dict[str, Value]:
        if scope.set_operation_scopes:
            return self._united(scope)
        if scope.is_udtf:
            # What a list is unnested into carries what the list carried.
            carried = self.value(scope.expression, scope.parent or scope)
            return dict.fromkeys(scope.expression.named_selects or (), carried) | {"": carried}
        return {each.alias_or_name: self.value(each, scope) for each in scope.expression.selects}

    def _united(self, scope: Scope) -> dict[str, Value]:
        left, right = (self.columns(each) for each in scope.set_operation_scopes)
        if scope.expression.args.get("by_name"):
            return {name: left.get(name, NOTHING) | right.get(name, NOTHING) for name in (*left, *right)}
        pairs = zip(left.items(), right.values(), strict=False)
        return {name: union((value, other)) for (name, value), other in pairs}

    def _resolve(self, column: exp.Column, scope: Scope) -> Value:
        """A column that no source of the SELECT has belongs to the one around it."""
        around: Scope | None = scope
        while around is not None:
            source = around.sources.get(column.parts[0].name if len(column.parts) > 1 else column.table)
            if isinstance(source, exp.Table):
                return self._of_column(f"{source.db}.{source.name}", column.name)
            if source is not None:
                known = self.columns(source)
                return known.get(column.name, known.get("", NOTHING))
            around = around.parent
        return NOTHING


def scopes_of(scope: Scope) -> Iterator[Scope]:
    """Every SELECT of a model, the outermost last."""
    yield from scope.traverse()
