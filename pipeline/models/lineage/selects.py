"""What the columns of a SELECT are made of: through CTEs, subqueries, unions and joins, each scope read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from sqlglot import exp

from pipeline.models.lineage.scopes import Scope

T = TypeVar("T")
Resolve = Callable[[exp.Column], frozenset[T]]
"""What a column of the SELECT is made of."""
OfColumn = Callable[[str, str], frozenset[T]]
"""Relation and column → what it is made of."""
MadeOf = Callable[[exp.Expr, Resolve[T]], frozenset[T]]
"""An expression, and what its columns are made of → what it is made of."""


class Selects(Generic[T]):
    """Answers for all scopes of one model, whatever is asked of them: its metrics, or what it reads."""

    def __init__(self, of_column: OfColumn[T], made_of: MadeOf[T]) -> None:
        self._of_column = of_column
        self._made_of = made_of
        self._known: dict[int, dict[str, frozenset[T]]] = {}

    def columns(self, scope: Scope) -> dict[str, frozenset[T]]:
        """Column → what it is made of. A recursive CTE is what it begins with."""
        if id(scope) not in self._known:
            self._known[id(scope)] = {}
            self._known[id(scope)] = self._read(scope)
        return self._known[id(scope)]

    def value(self, node: exp.Expr, scope: Scope) -> frozenset[T]:
        """What an expression that stands in a scope is made of."""
        return self._made_of(node, lambda column: self._resolve(column, scope))

    def _read(self, scope: Scope) -> dict[str, frozenset[T]]:
        if scope.set_operation_scopes:
            return self._united(scope)
        if scope.is_udtf:
            # What a list is unnested into carries what the list carried.
            carried = self.value(scope.expression, scope.parent or scope)
            return dict.fromkeys(scope.expression.named_selects or (), carried) | {"": carried}
        return {each.alias_or_name: self.value(each, scope) for each in scope.expression.selects}

    def _united(self, scope: Scope) -> dict[str, frozenset[T]]:
        left, right = (self.columns(each) for each in scope.set_operation_scopes)
        if scope.expression.args.get("by_name"):
            return {name: left.get(name, frozenset()) | right.get(name, frozenset()) for name in (*left, *right)}
        pairs = zip(left.items(), right.values(), strict=False)
        return {name: value | other for (name, value), other in pairs}

    def _resolve(self, column: exp.Column, scope: Scope) -> frozenset[T]:
        """A column that no source of the SELECT has belongs to the one around it."""
        around: Scope | None = scope
        while around is not None:
            source = around.sources.get(column.parts[0].name if len(column.parts) > 1 else column.table)
            if isinstance(source, exp.Table):
                return self._of_column(f"{source.db}.{source.name}", column.name)
            if source is not None:
                known = self.columns(source)
                return known.get(column.name, known.get("", frozenset()))
            around = around.parent
        return frozenset()


def scopes_of(scope: Scope) -> Iterator[Scope]:
    """Every SELECT of a model, the outermost last."""
    yield from scope.traverse()
