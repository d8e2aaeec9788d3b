"""The data dictionary: what every table that is published has in its columns, from the SQL and the registry alone."""

from __future__ import annotations

from pipeline import models, registry
from pipeline.registry import Table
from pipeline.steps.project import resource_folder


def dictionary(language: str, form: str) -> str:
    """The text of the dictionary in ``en`` or ``fr``, as ``md`` or ``html``."""
    folder = resource_folder("sql")
    known = registry.read(folder / "metrics.yml")
    return registry.DICTIONARY[form](known, tables(), language)


def tables() -> list[Table]:
    """Every mart by name, with the columns of its SQL in their order."""
    found = models.read(resource_folder("sql"))
    marts = [model for model in found if model.is_mart]
    return [
        Table(mart.relation, mart.key, models.columns_in(mart.sql))
        for mart in sorted(marts, key=lambda model: model.relation)
    ]
