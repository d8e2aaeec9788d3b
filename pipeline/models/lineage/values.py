"""What an expression is made of, from what its columns are made of."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from pipeline.models.lineage.origins import (
    NOTHING,
    Value,
    change,
    combined,
    mean,
    packed,
    product,
    quotient,
    union,
    unpacked,
)

Resolve = Callable[[exp.Column], Value]
"""What a column of the SELECT is made of."""

SUMS = frozenset({"sum", "fsum", "kahan_sum", "sumkahan", "sum_no_overflow", "list_sum", "array_sum"})
MEANS = frozenset({"avg", "mean", "favg", "list_avg", "array_avg", "geomean", "geometric_mean"})
PICKS = frozenset({
    "max", "min", "any_value", "arbitrary", "first", "last", "mode", "list_max", "list_min", "list_first",
    "list_last", "list_any_value",
})  # fmt: skip
# Constants, conditions, counts and texts carry no metric, whatever they look at.
_WITHOUT = (
    exp.Literal, exp.Null, exp.Boolean, exp.Lambda,
    exp.Predicate, exp.Connector, exp.Not, exp.Is, exp.Between, exp.In, exp.Exists, exp.Count, exp.CountIf,
    exp.LogicalAnd, exp.LogicalOr, exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile,
    exp.Corr, exp.ConcatWs, exp.Concat, exp.DateDiff,
)  # fmt: skip
# Only the first argument is the value; the others order it, limit it or say what to do without it.
_OF_THE_FIRST = (
    exp.ArgMax, exp.ArgMin, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue, exp.Filter, exp.Window,
    exp.Ordered, exp.Order, exp.Cast, exp.TryCast, exp.Nullif, exp.Round, exp.Bracket, exp.Transform,
    exp.WithinGroup, exp.PercentileCont, exp.PercentileDisc, exp.Alias, exp.Distinct,
)  # fmt: skip


def function(node: exp.Expr) -> str:
    """The name of a function, in lower case; ``list_aggregate(x, 'sum')`` is ``list_sum``; empty for what is none."""
    if isinstance(node, exp.Anonymous):
        name = str(node.this).lower()
        if name in ("list_aggregate", "list_aggr", "array_aggregate", "aggregate") and len(node.expressions) > 1:
            return f"list_{node.expressions[1].name.lower()}"
        return name
    if isinstance(node, exp.ArrayMax | exp.ArrayMin):
        return "list_max" if isinstance(node, exp.ArrayMax) else "list_min"
    return node.sql_name().lower() if isinstance(node, exp.Func) else ""


def argument(node: exp.Expr) -> exp.Expr:
    """What a function is applied to: its first argument."""
    first = node.expressions[0] if isinstance(node, exp.Anonymous) else node.this
    return first if isinstance(first, exp.Expr) else exp.Null()


def is_row_wise(node: exp.Expr) -> bool:
    """Whether a function of a list adds up values that stand beside each other in one row: ``list_sum([a, b])``."""
    return function(node).startswith(("list_", "array_")) and isinstance(argument(node), exp.Array)


def made_of(node: exp.Expr, resolve: Resolve) -> Value:
    """The metrics that the value of an expression carries."""
    if isinstance(node, exp.Column):
        return resolve(node)
    if isinstance(node, _WITHOUT):
        return NOTHING
    if isinstance(node, exp.Dot | exp.PropertyEQ):
        return _field(node, resolve)
    if isinstance(node, exp.Binary):
        return _arithmetic(node, resolve)
    return _other(node, resolve)


def _field(node: exp.Dot | exp.PropertyEQ, resolve: Resolve) -> Value:
    """A field that is taken out of a struct, or put into one."""
    if isinstance(node, exp.Dot):
        return unpacked(made_of(node.this, resolve), node.expression.name)
    return packed(made_of(node.expression, resolve), node.this.name)


def _other(node: exp.Expr, resolve: Resolve) -> Value:
    name = function(node)
    if name in SUMS:
        return combined(made_of(argument(node), resolve))
    if name in MEANS:
        return mean(made_of(argument(node), resolve))
    return union(made_of(part, resolve) for part in parts(node))


def _arithmetic(node: exp.Binary, resolve: Resolve) -> Value:
    left, right = made_of(node.this, resolve), made_of(node.expression, resolve)
    if isinstance(node, exp.Sub):
        return change(left, right)
    if isinstance(node, exp.Mul):
        return product(left, right)
    if isinstance(node, exp.Div | exp.IntDiv):
        return quotient(left, right, is_part=_is_part(node.this))
    return left | right


def _is_part(above: exp.Expr) -> bool:
    """``cost * visits / all_visits`` is a part of the cost, ``100 * clicks / visits`` a ratio."""
    inner = above.unnest()
    return isinstance(inner, exp.Mul) and all(each.find(exp.Column) for each in (inner.this, inner.expression))


def parts(node: exp.Expr) -> list[exp.Expr]:
    """The parts of an expression whose values its own value may be."""
    if isinstance(node, exp.Subquery | exp.Select):
        query = node.unnest() if isinstance(node, exp.Subquery) else node
        return list(query.selects[:1])
    if isinstance(node, exp.Case):
        return [*(branch.args["true"] for branch in node.args["ifs"]), *_given(node.args.get("default"))]
    if isinstance(node, exp.If):
        return [node.args["true"], *_given(node.args.get("false"))]
    if isinstance(node, _OF_THE_FIRST):
        return _given(node.this)
    return [part for part in node.iter_expressions() if not isinstance(part, exp.DataType | exp.Identifier)]


def _given(part: object) -> list[exp.Expr]:
    return [part] if isinstance(part, exp.Expr) else []
