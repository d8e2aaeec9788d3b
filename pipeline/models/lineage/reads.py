"""What an expression reads: columns of relations, and of raw answers the fields within them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from sqlglot import exp

from pipeline.models.lineage.selects import Resolve
from pipeline.models.lineage.values import parts

COPIED, COMPUTED, COMBINED = "copied", "computed", "combined"
# What a value went through, from the least to the most: the same value, one of the same row, one of many rows.
_ORDER: Final = (COPIED, COMPUTED, COMBINED)
_COPIES = (exp.Alias, exp.Paren)
_FIELDS = (exp.JSONExtract, exp.JSONExtractScalar)


@dataclass(frozen=True, order=True)
class Read:
    """A column that a value comes from. ``path``: the fields within it where it is JSON. ``where``: which of its rows,
    where the value takes only some. ``how``: copied, computed (of one row) or combined (of several rows). ``within``
    are the fields in which it stands while a struct carries it.
    """

    relation: str
    column: str
    path: tuple[str, ...] = ()
    where: str = ""
    how: str = COPIED
    within: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``raw.x_posts.public_metrics.like_count``, as people read it."""
        return ".".join((self.relation, self.column, *self.path))


def reads_of(node: exp.Expr, resolve: Resolve[Read]) -> frozenset[Read]:
    """The columns from which the value of an expression comes; of a condition or a count, those that it looks at."""
    if isinstance(node, exp.Column):
        return resolve(node)
    if isinstance(node, exp.Lambda | exp.Literal):
        return frozenset()
    if isinstance(node, exp.Dot):
        return _unpacked(reads_of(node.this, resolve), node.expression.name)
    if isinstance(node, exp.PropertyEQ):
        of = reads_of(node.expression, resolve)
        return frozenset(replace(each, within=(node.this.name, *each.within)) for each in of)
    if isinstance(node, _FIELDS):
        return frozenset(_within(each, node) for each in reads_of(node.this, resolve))
    found = _all(_parts(node), resolve)
    if isinstance(node, exp.Filter):
        condition = node.expression.this.sql(dialect="duckdb")
        found = frozenset(each if each.where else replace(each, where=condition) for each in found)
    return found if isinstance(node, _COPIES) else _through(found, _kind(node))


def _parts(node: exp.Expr) -> list[exp.Expr]:
    """The parts whose values the value may be; where there are none, as in a condition, whatever it looks at."""
    if isinstance(node, exp.Count | exp.Predicate | exp.Connector):
        return [each for each in node.iter_expressions() if not isinstance(each, exp.Star)]
    return parts(node)


def _all(nodes: Iterable[exp.Expr], resolve: Resolve[Read]) -> frozenset[Read]:
    return frozenset().union(*(reads_of(each, resolve) for each in nodes))


def _unpacked(of: frozenset[Read], name: str) -> frozenset[Read]:
    """The field of a struct; of what is carried nobody knows where, all."""
    return frozenset(replace(each, within=each.within[1:]) for each in of if each.within[:1] in ((), (name,)))


def merged(reads: Iterable[Read]) -> tuple[Read, ...]:
    """One for each place that is read: by the most that happens to it, and from all rows unless all say which."""
    found: dict[tuple[str, str, tuple[str, ...]], Read] = {}
    for each in sorted(reads):
        place = each.relation, each.column, each.path
        known = found.get(place, each)
        how = max(known.how, each.how, key=_ORDER.index)
        where = " or ".join(dict.fromkeys((known.where, each.where))) if known.where and each.where else ""
        found[place] = Read(*place, where, how)
    return tuple(found.values())


def _within(read: Read, node: exp.Expr) -> Read:
    steps = [str(each.this) for each in node.expression.find_all(exp.JSONPathKey)]
    return replace(read, path=(*read.path, *steps), how=max(read.how, COMPUTED, key=_ORDER.index))


def _kind(node: exp.Expr) -> str:
    return COMBINED if isinstance(node, exp.AggFunc | exp.Window) else COMPUTED


def _through(found: frozenset[Read], how: str) -> frozenset[Read]:
    return frozenset(replace(each, how=max(each.how, how, key=_ORDER.index)) for each in found)
