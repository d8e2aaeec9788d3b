"""What a value is made of: the metrics of the registry that it carries, and whether these may still be added up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.registry import Registry

_RATIOS = ("ratio", "probability", "percent", "index", "per day")


@dataclass(frozen=True, order=True)
class Origin:
    """A metric that a value carries. ``additivity`` is that of the value: what is counted from a level may be
    ``sum`` although the level is ``last``. ``is_ratio``: a rate, an index or a mean, in no unit that can be added.
    ``table`` is where its meaning is narrower than everywhere; empty where it is not. ``path`` are the fields in
    which it stands while a struct carries it.
    """

    metric: str
    additivity: str
    is_ratio: bool = False
    unit: str = ""
    table: str = ""
    path: tuple[str, ...] = ()

    @property
    def is_people(self) -> bool:
        """A number of different people, of whom some are also in the next number."""
        return self.additivity == "none" and self.unit == "people"

    def __str__(self) -> str:
        return f"{self.table}.{self.metric}" if self.table else self.metric


Value = frozenset[Origin]
NOTHING: Value = frozenset()


def origin(registry: Registry, table: str, column: str) -> Origin | None:
    """The metric that a column of a table is by its name; None when the registry knows none."""
    metric = registry.metric(table, column)
    if metric is None:
        return None
    narrowed = column in registry.tables.get(table, {})
    return Origin(column, metric.additivity, metric.unit in _RATIOS, metric.unit, table if narrowed else "")


def union(values: Iterable[Value]) -> Value:
    """All that any of the values carries."""
    return frozenset().union(*values)


def change(now: Value, before: Value) -> Value:
    """``now − before``: what came between two levels may be added up; all else stays what it was."""
    levels = now and before and all(each.additivity == "last" and not each.is_ratio for each in now | before)
    return frozenset(replace(each, additivity="sum") for each in now) if levels else now | before


def product(left: Value, right: Value) -> Value:
    """``left × right``: a part of something is of its kind, so a rate that multiplies it says nothing more."""
    both = left | right
    return frozenset(each for each in both if not each.is_ratio) or both


def quotient(above: Value, below: Value, *, is_part: bool) -> Value:
    """``above / below``: a ratio where both are metrics, unless ``above`` is itself a product (``is_part``), of
    which a part is taken. By what is no metric (a number, an exchange rate) a metric is only measured otherwise.
    """
    if not below or is_part:
        return above
    return frozenset({ratio(above, below)})


def ratio(above: Value, below: Value) -> Origin:
    """The ratio of two values, which has no name yet."""
    return Origin(f"{_named(above)} / {_named(below)}", "none", is_ratio=True)


def packed(of: Value, name: str) -> Value:
    """A value as a field of a struct."""
    return frozenset(replace(each, path=(name, *each.path)) for each in of)


def unpacked(of: Value, name: str) -> Value:
    """The field of a struct; of what is carried nobody knows where, all."""
    fitting = (each for each in of if each.path[:1] in ((), (name,)))
    return frozenset(replace(each, path=each.path[1:]) for each in fitting)


def mean(of: Value) -> Value:
    """A mean of a value: never to be added up, nor averaged again."""
    return frozenset({Origin(f"mean {_named(of)}", "none", is_ratio=True)}) if of else NOTHING


def combined(of: Value) -> Value:
    """What a sum of values is: additive where each of its metrics was."""
    return frozenset(each if each.additivity == "sum" else replace(each, additivity="none") for each in of)


def _named(value: Value) -> str:
    return " + ".join(sorted(each.metric for each in value)) or "1"
