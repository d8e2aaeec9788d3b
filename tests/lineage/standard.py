"""Whether an event is one of the standard: read strictly into the classes that the standard's client was made with."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

import attr
from openlineage.client import facet_v2
from openlineage.client.event_v2 import RunEvent

# The client's name of a facet → its class, as the standard registers them.
FACETS: dict[str, Any] = {
    "schema": facet_v2.schema_dataset.SchemaDatasetFacet,
    "columnLineage": facet_v2.column_lineage_dataset.ColumnLineageDatasetFacet,
    "dataQualityAssertions": facet_v2.data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet,
    "outputStatistics": facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
    "parent": facet_v2.parent_run.ParentRunFacet,
    "errorMessage": facet_v2.error_message_run.ErrorMessageRunFacet,
    "nominalTime": facet_v2.nominal_time_run.NominalTimeRunFacet,
    "processing_engine": facet_v2.processing_engine_run.ProcessingEngineRunFacet,
    "jobType": facet_v2.job_type_job.JobTypeJobFacet,
}
# What a facet of nobody's registry must have.
OWN = ("vigie_night",)


def faults(event: Mapping[str, Any]) -> list[str]:
    """What of an event is not as the standard has it."""
    return list(_of_class(RunEvent, event, "event"))


@cache
def _fields(kind: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return typing.get_type_hints(kind), {each.name: each for each in attr.fields(kind)}


def _of_class(kind: Any, value: Any, place: str) -> typing.Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place} is no object"
        return
    hints, known = _fields(kind)
    for name in value.keys() - known.keys():
        yield f"{place}.{name} is unknown"
    for name, field in known.items():
        if name in value:
            yield from _of_type(hints[name], value[name], f"{place}.{name}")
        elif field.default is attr.NOTHING:
            yield f"{place}.{name} is missing"
    if place.rpartition(".")[2] in FACETS and not str(value.get("_schemaURL")).endswith(f"/{kind.__name__}"):
        yield f"{place} names another schema: {value.get('_schemaURL')}"


def _of_type(hint: Any, value: Any, place: str) -> typing.Iterator[str]:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        fitting = [list(_of_type(each, value, place)) for each in inner]
        yield from () if any(not found for found in fitting) else fitting[0]
    elif origin is list:
        for nth, each in enumerate(value if isinstance(value, list) else [None]):
            yield from _of_type(inner[0], each, f"{place}[{nth}]")
    elif place.endswith(("acets",)) and isinstance(value, Mapping):
        for name, facet in value.items():
            if name not in OWN:
                yield from _of_class(FACETS[name], facet, f"{place}.{name}")
            elif not {"_producer", "_schemaURL"} <= facet.keys():
                yield f"{place}.{name} does not say whose it is"
    elif origin is dict:
        for name, each in value.items():
            yield from _of_type(inner[1], each, f"{place}.{name}")
    elif attr.has(hint) if isinstance(hint, type) else False:
        yield from _of_class(hint, value, place)
    elif isinstance(hint, type) and issubclass(hint, Enum):
        yield from () if value in {each.value for each in hint} else (f"{place}: {value!r} is none of them",)
    elif hint is not Any and not isinstance(value, hint):
        yield f"{place}: {value!r} is no {hint}"
