"""Native names that a platform retired, where our SQL or our code still reads or asks for them.

A name counts as retired when all its entries in ``sql/natives/<platform>.yml`` have ended before a day. A network
that is gone has an archive alone: what is read of it is of the days on which its names were valid.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlglot import exp

from pipeline.models.lineage.scopes import Columns, Scope, read_scope
from pipeline.models.lineage.values import parts
from pipeline.models.model import Model
from pipeline.registry import Native, Registry

_WORD = re.compile(r"[A-Za-z_]\w*")
_REMARK = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, order=True)
class Retired:
    """A name in one answer of a platform, and the last day on which it meant one of our metrics."""

    platform: str
    word: str
    ended: date


@dataclass(frozen=True, order=True)
class Mention:
    """Where a retired name is still read or asked for."""

    file: str
    line: int
    retired: Retired

    def __str__(self) -> str:
        name = self.retired
        return f"{self.file}, line {self.line}: {name.platform} knows {name.word} no more since {name.ended}"


def retired(registry: Registry, on: date) -> dict[str, list[Retired]]:
    """Platform → its names that ended before ``on`` and are not valid under any other metric."""
    ended: dict[str, dict[str, date]] = {}
    alive: dict[str, set[str]] = {}
    for native in _natives(registry):
        if native.valid_to is not None and native.valid_to < on:
            known = ended.setdefault(native.platform, {})
            known.update({word: max(native.valid_to, known.get(word, date.min)) for word in words(native)})
        else:
            alive.setdefault(native.platform, set()).update(words(native))
    return {
        platform: [Retired(platform, word, day) for word, day in sorted(names.items()) if word not in alive[platform]]
        for platform, names in ended.items()
        if platform in alive
    }


def words(native: Native) -> set[str]:
    """The platform's own words in a name: ``public_metrics.like_count, likes (day)`` has three."""
    return set(_WORD.findall(_REMARK.sub("", native.name.removeprefix(f"{native.form}: "))))


def _natives(registry: Registry) -> Iterator[Native]:
    for metric in registry.metrics.values():
        yield from metric.native


def asked_by_code(names: Iterable[Retired], file: Path) -> list[Mention]:
    """Texts of a Python file that are a retired name, alone or in a list with commas; docstrings are none of them."""
    by_word = {name.word: name for name in names}
    tree = ast.parse(file.read_text(encoding="utf-8"))
    spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return sorted(
        Mention(file.as_posix(), node.lineno, by_word[word])
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken
        for word in {part.strip() for part in node.value.split(",")} & by_word.keys()
    )


def read_by_sql(names: Iterable[Retired], model: Model, columns: Columns) -> list[Mention]:
    """Columns of raw tables and texts in staging SQL that are a retired name, unless a condition beside them says
    until when (``case when day <= date '2025-11-14' then …``).
    """
    by_word = {name.word.lower(): name for name in names}
    return sorted(
        {
            Mention(model.name, _line(node), by_word[word])
            for scope in read_scope(model.name, model.sql, columns).traverse()
            for node in scope.find_all(exp.Column, exp.Literal, exp.JSONPathKey)
            for word in _words_of(node, scope) & by_word.keys()
            if not _is_bounded(node, by_word[word].ended)
        }
    )


def _words_of(node: exp.Expr, scope: Scope) -> set[str]:
    """A column's name where a raw table has it; a step of a path into JSON; the words of a text that is a name."""
    if isinstance(node, exp.JSONPathKey):
        return {str(node.this).lower()}
    if isinstance(node, exp.Column):
        return {node.name.lower()} if isinstance(scope.sources.get(node.table), exp.Table) else set()
    is_name = isinstance(node, exp.Literal) and node.is_string and " " not in node.name
    return {word.lower() for word in _WORD.findall(node.name)} if is_name else set()


def _is_bounded(node: exp.Expr, ended: date) -> bool:
    around = node.find_ancestor(exp.Filter, exp.If, exp.Select)
    condition = around.expression if isinstance(around, exp.Filter) else around.this if around else None
    if isinstance(around, exp.Select) or condition is None:
        return False
    days = {str(ended), str(ended + timedelta(days=1))}
    return any(literal.name in days for literal in condition.find_all(exp.Literal))


def _line(node: exp.Expr) -> int:
    return next((int(each.meta["line"]) for each in node.find_all(exp.Expr) if "line" in each.meta), 0)


def without_name(registry: Registry, models: Iterable[Model], columns: Columns, on: date) -> Mapping[str, list[str]]:
    """Staging view → metrics that it tells although no name of the platform stands for them on the day ``on``.

    Only metrics of which platforms have names are looked at. What NULL or a constant of ours fills is not told.
    Exports of people have a mapping each, and are not looked at.
    """
    closed = {native.platform for native in _natives(registry)} - {
        native.platform for native in _natives(registry) if native.valid_to is None or native.valid_to >= on
    }
    exports = {native.platform for native in _natives(registry) if native.form}
    found: dict[str, list[str]] = {}
    for model in models:
        platform = _platform(registry, model)
        if platform is None or platform in closed | exports:
            continue
        scope = read_scope(model.name, model.sql, columns)
        nameless = [name for name in sorted(_Told().columns(scope)) if not _has_name(registry, platform, name, on)]
        if nameless:
            found[model.relation] = nameless
    return found


def _platform(registry: Registry, model: Model) -> str | None:
    platforms = {native.platform for native in _natives(registry)}
    fitting = [name for name in platforms if model.relation.startswith(f"staging.{name}_")]
    return max(fitting, key=len, default=None) if model.kind == "view" else None


def _has_name(registry: Registry, platform: str, column: str, on: date) -> bool:
    metric = registry.metrics.get(column)
    if metric is None or not metric.native:
        return True
    return any(
        each.platform == platform and (each.valid_from or on) <= on <= (each.valid_to or on) for each in metric.native
    )


class _Told:
    """The columns of the scopes of one model whose values the platform told; NULL and our own constants are not."""

    def __init__(self) -> None:
        self._known: dict[int, frozenset[str]] = {}

    def columns(self, scope: Scope) -> frozenset[str]:
        if id(scope) not in self._known:
            self._known[id(scope)] = frozenset()
            self._known[id(scope)] = frozenset(self._read(scope))
        return self._known[id(scope)]

    def _read(self, scope: Scope) -> Iterator[str]:
        for branch in scope.set_operation_scopes:
            yield from self.columns(branch)
        if not scope.set_operation_scopes:
            yield from (each.alias_or_name for each in scope.expression.selects if self._is_told(each, scope))

    def _is_told(self, node: exp.Expr, scope: Scope) -> bool:
        if isinstance(node, exp.Count):
            return True
        if not isinstance(node, exp.Column):
            return any(self._is_told(part, scope) for part in parts(node))
        source = scope.sources.get(node.table)
        return not isinstance(source, Scope) or source.is_udtf or node.name in self.columns(source)
