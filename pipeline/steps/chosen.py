"""The models of a brand: of the platforms that it has, with the accounts that continue others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline import models, warehouse
from pipeline.steps.project import resource_folder


def chosen(con: Any, every: Iterable[models.Model] | None = None) -> tuple[models.Model, ...]:
    """Those of ``every`` (by default of ``sql/``) that the warehouse behind ``con`` has something for."""
    known = models.read(resource_folder("sql")) if every is None else every
    return models.continued(models.of_platforms(known, warehouse.platforms(con)), warehouse.successors(con))
