"""The models: every file in ``sql/`` is one SELECT; here they are read, ordered and built.

``read`` gives them in build order, ``rebuild_days`` says how far back each one moved, ``build`` runs
them in the caller's transaction. Nothing here opens a database or asks the clock.
"""

from __future__ import annotations

from pipeline.models.building import ModelBuild, build, computed
from pipeline.models.continuing import continued
from pipeline.models.days import FIRST_DAY, Floor, floor, rebuild_days
from pipeline.models.model import Model, fingerprint
from pipeline.models.reading import columns_in, of_platforms, read

__all__ = [
    "FIRST_DAY",
    "Floor",
    "Model",
    "ModelBuild",
    "build",
    "columns_in",
    "computed",
    "continued",
    "fingerprint",
    "floor",
    "of_platforms",
    "read",
    "rebuild_days",
]
