"""From which metrics of the registry each column of each table is made, and what SQL may not do with them.

``follow`` reads the models in build order, each through its CTEs, joins, subqueries and renames, and gives the
origins of all their columns and the breaches of what the registry allows. Nothing here opens a database: the
columns of the tables that no model makes are given by the caller.

``follow_columns`` gives the plainer thing: which columns each column is read from, down to the raw answers.
"""

from __future__ import annotations

from pipeline.models.lineage.columns import Reads, follow_columns
from pipeline.models.lineage.models import Lineage, follow
from pipeline.models.lineage.origins import Origin
from pipeline.models.lineage.reads import Read
from pipeline.models.lineage.rules import Breach

__all__ = ["Breach", "Lineage", "Origin", "Read", "Reads", "follow", "follow_columns"]
