"""The registry of metrics (``sql/metrics.yml``): the one place where a metric is defined.

What each platform calls them stands in ``sql/natives/<platform>.yml``, one file for each.

SQL, expectations, documentation and reports are checked against it or made from it, and it is published
as ``kpi.metric_definition`` and ``kpi.metric_native``. The names of networks (``sql/networks.yml``) are read here too.
"""

from __future__ import annotations

from pipeline.registry.comments import Comments, abbreviations, comments
from pipeline.registry.definitions import LANGUAGES, Dimension, Metric, Native, Registry
from pipeline.registry.pages import Table
from pipeline.registry.reading import read, read_networks
from pipeline.registry.seeding import definition_rows, native_rows
from pipeline.registry.written import FORMATS as DICTIONARY

__all__ = [
    "DICTIONARY",
    "LANGUAGES",
    "Comments",
    "Dimension",
    "Metric",
    "Native",
    "Registry",
    "Table",
    "abbreviations",
    "comments",
    "definition_rows",
    "native_rows",
    "read",
    "read_networks",
]
