"""SQL as sqlglot reads it: every column with its table, every ``*`` written out, each SELECT with its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from pipeline.errors import ModelError

Columns: TypeAlias = Mapping[str, Sequence[str]]
"""Relation (``core.post``) → its columns, in order."""

__all__ = ["Columns", "Scope", "read_scope"]


def read_scope(name: str, sql: str, columns: Columns) -> Scope:
    """The outermost scope of one SELECT. ModelError when a column of it cannot be found in what it reads."""
    try:
        tree = _without_unpivot(name, parse_one(sql, dialect="duckdb"))
        if any(tree.find_all(exp.Columns)):
            raise ModelError(f"{name}: COLUMNS(…) hides which columns are read: write them out")
        qualified = qualify(
            tree,
            dialect="duckdb",
            schema=_schema(tree, columns),
            validate_qualify_columns=True,
            quote_identifiers=False,
            identify=False,
        )
    except SqlglotError as error:
        raise ModelError(f"{name}: cannot be followed: {error}") from error
    scope = build_scope(qualified)
    if scope is None:
        raise ModelError(f"{name}: cannot be followed: it is not one SELECT")
    return scope


def _schema(tree: exp.Expr, columns: Columns) -> dict[str, dict[str, dict[str, str]]]:
    """What sqlglot must know of the tables that are read. Of what statistics make nothing is known but what the
    SQL itself asks of it.
    """
    schema: dict[str, dict[str, dict[str, str]]] = {}
    asked = {column.name for column in tree.find_all(exp.Column)}
    for table in tree.find_all(exp.Table):
        known = asked if table.db == "temp" else columns.get(f"{table.db}.{table.name}")
        if table.db and known is not None:
            schema.setdefault(table.db, {})[table.name] = dict.fromkeys(known, "unknown")
    return schema


def _without_unpivot(name: str, tree: exp.Expr) -> exp.Expr:
    """``unpivot t on a, b into name n value v`` as the union of SELECTs that it is, so that v is followed."""
    for pivot in list(tree.find_all(exp.Pivot)):
        into = pivot.args.get("into")
        if not pivot.args.get("unpivot") or not isinstance(pivot.this, exp.Table) or into is None:
            raise ModelError(
                f"{name}: cannot be followed: write {pivot.sql(dialect='duckdb')} as unpivot … on … into …"
            )
        # Of what statistics make the names alone are known.
        of_statistics = exp.select("*").from_(pivot.this.copy())
        is_temporary = pivot.this.db == "temp"
        united = of_statistics if is_temporary else _selects(pivot, into.this.name, into.expressions[0].name)
        if pivot is tree:
            return united
        pivot.replace(united)
    return tree


def _selects(pivot: exp.Pivot, name: str, value: str) -> exp.Query:
    turned = [column.name for column in pivot.expressions]
    rest = exp.Star(except_=[exp.to_identifier(each) for each in (*turned, name, value)])
    selects = [
        exp.select(rest.copy(), exp.alias_(exp.Literal.string(one), name), exp.alias_(exp.column(one), value)).from_(
            pivot.this.copy()
        )
        for one in turned
    ]
    return selects[0] if len(selects) == 1 else exp.union(*selects, distinct=False, copy=False)
