"""What each step of a night read and wrote, as OpenLineage events: into a file, and to a collector where one is named.

::

    told      what is told of a run and of the datasets, in plain words of ours
    events    the same as an event of the standard
    outbox    the file, bounded, and the collector, which may be down, slow or wrong without a night noticing
"""

from __future__ import annotations

from pipeline.lineage.events import event, facets
from pipeline.lineage.outbox import Outbox, events_file
from pipeline.lineage.told import Check, Dataset, Field, Kind, Run, parent_of

__all__ = ["Check", "Dataset", "Field", "Kind", "Outbox", "Run", "event", "events_file", "facets", "parent_of"]
