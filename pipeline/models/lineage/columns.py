"""Column by column what every model reads: views of staging too, down to the raw answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from pipeline.models.lineage.reads import Read, merged, reads_of
from pipeline.models.lineage.scopes import Columns, read_scope
from pipeline.models.lineage.selects import Selects
from pipeline.models.model import Model

Reads = Mapping[str, Mapping[str, tuple[Read, ...]]]
"""Relation → column → what it reads."""


def follow_columns(models: Iterable[Model], given: Columns) -> Reads:
    """What each column of each model reads, through CTEs, joins and renames. A column that reads nothing (a constant,
    a count of rows) has an empty tuple.

    ``given`` has the columns of what no model makes: raw, seed, ops. ModelError where SQL cannot be followed.
    """
    names: dict[str, Sequence[str]] = dict(given)
    found: dict[str, Mapping[str, tuple[Read, ...]]] = {}
    for model in models:
        known = tuple((relation, tuple(names[relation])) for relation in sorted(model.depends_on & names.keys()))
        found[model.relation] = _of_model(model.name, model.sql, known)
        names[model.relation] = tuple(found[model.relation])
    return found


@cache
def _of_model(name: str, sql: str, known: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, tuple[Read, ...]]:
    """One process reads the same SQL once."""
    scope = read_scope(name, sql, dict(known))
    # SQL does not tell followersCount from followerscount, the platform's answer does.
    spelled = {(relation, each.lower()): each for relation, columns in known for each in columns}

    def itself(relation: str, column: str) -> frozenset[Read]:
        return frozenset({Read(relation, spelled.get((relation, column.lower()), column))})

    selects: Selects[Read] = Selects(itself, reads_of)
    return {column: merged(reads) for column, reads in selects.columns(scope).items()}
