"""Events of the OpenLineage standard, made with its own client; that is imported here, when the first event is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from pipeline.lineage.told import Dataset, Kind, Run

NAMESPACE: Final = "vigie"
PRODUCER: Final = "https://openlineage.io/producers/vigie"
_FACET: Final = "https://openlineage.io/producers/vigie/NightRunFacet.json"
_SUBTYPES: Final = {"copied": "IDENTITY", "computed": "TRANSFORMATION", "combined": "AGGREGATION"}


def event(
    kind: Kind,
    run: Run,
    at: datetime,
    *,
    inputs: Sequence[Dataset] = (),
    outputs: Sequence[Dataset] = (),
    error: str | None = None,
    generation: str | None = None,
) -> dict[str, Any]:
    """A RunEvent as the client writes it: what a run read and wrote when it began, ended or failed with ``error``."""
    from openlineage.client.event_v2 import Job, RunEvent, RunState
    from openlineage.client.event_v2 import Run as RunOf
    from openlineage.client.serde import Serde

    made: dict[str, Any] = Serde.to_dict(
        RunEvent(
            eventTime=at.isoformat(),
            eventType=RunState[kind],
            run=RunOf(runId=run.id, facets=_of_run(run, error, generation)),
            job=Job(namespace=NAMESPACE, name=run.job, facets=_of_job()),
            inputs=[_input(each) for each in inputs],
            outputs=[_output(each) for each in outputs],
            producer=PRODUCER,
        )
    )
    for said, datasets in (("inputs", inputs), ("outputs", outputs)):
        for one, dataset in zip(made[said], datasets, strict=True):
            one["facets"] = {**one["facets"], **dataset.facets}
    return made


def facets(dataset: Dataset) -> dict[str, Any]:
    """What events say of a dataset's columns and what they are made of, to be kept and given as its ``facets``."""
    from openlineage.client.serde import Serde

    made = _of_dataset(dataset, lineage=True)
    return {name: Serde.to_dict(facet) for name, facet in made.items()}


def _of_job() -> dict[str, Any]:
    from openlineage.client.facet_v2 import job_type_job

    return {
        "jobType": job_type_job.JobTypeJobFacet(
            processingType="BATCH", integration="VIGIE", jobType="STEP", producer=PRODUCER
        )
    }


def _of_run(run: Run, error: str | None, generation: str | None) -> dict[str, Any]:
    from openlineage.client.facet_v2 import error_message_run, nominal_time_run, parent_run, processing_engine_run

    begins = datetime.combine(run.night, time.min, ZoneInfo(run.time_zone))
    ends = datetime.combine(run.night + timedelta(days=1), time.min, ZoneInfo(run.time_zone))
    facets: dict[str, Any] = {
        "nominalTime": nominal_time_run.NominalTimeRunFacet(
            nominalStartTime=begins.isoformat(), nominalEndTime=ends.isoformat(), producer=PRODUCER
        ),
        "processing_engine": processing_engine_run.ProcessingEngineRunFacet(
            version=run.version, name="Vigie", producer=PRODUCER
        ),
        "vigie_night": _night_facet()(
            night=run.night.isoformat(), brand=run.brand, generation=generation, producer=PRODUCER
        ),
    }
    if run.parent:
        job, run_id = run.parent
        facets["parent"] = parent_run.ParentRunFacet(
            run=parent_run.Run(runId=run_id),
            job=parent_run.Job(namespace=NAMESPACE, name=job),
            producer=PRODUCER,
        )
    if error is not None:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(
            message=error, programmingLanguage="Python", producer=PRODUCER
        )
    return facets


@cache
def _night_facet() -> Any:
    """A facet of our own: which night of which brand, and which publication came of it."""
    import attr
    from openlineage.client.facet_v2 import RunFacet

    @attr.define
    class NightRunFacet(RunFacet):
        night: str
        brand: str
        generation: str | None = None

        @staticmethod
        def _get_schema() -> str:
            return _FACET

    return NightRunFacet


def _input(dataset: Dataset) -> Any:
    from openlineage.client.event_v2 import InputDataset
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as quality

    facets: dict[str, Any] = {}
    if dataset.checks:
        # The standard knows two: what blocks, and what is only told.
        said = [
            quality.Assertion(
                assertion=check.expectation,
                success=check.success,
                column=check.column,
                severity="error" if check.severity == "critical" else "warn",
            )
            for check in dataset.checks
        ]
        facets["dataQualityAssertions"] = quality.DataQualityAssertionsDatasetFacet(assertions=said, producer=PRODUCER)
    return InputDataset(
        namespace=NAMESPACE, name=dataset.name, facets=_of_dataset(dataset, lineage=False), inputFacets=facets
    )


def _output(dataset: Dataset) -> Any:
    from openlineage.client.event_v2 import OutputDataset
    from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics

    facets: dict[str, Any] = {}
    if dataset.rows is not None:
        facets["outputStatistics"] = statistics.OutputStatisticsOutputDatasetFacet(
            rowCount=dataset.rows, producer=PRODUCER
        )
    return OutputDataset(
        namespace=NAMESPACE, name=dataset.name, facets=_of_dataset(dataset, lineage=True), outputFacets=facets
    )


def _of_dataset(dataset: Dataset, *, lineage: bool) -> dict[str, Any]:
    from openlineage.client.facet_v2 import column_lineage_dataset as columns
    from openlineage.client.facet_v2 import schema_dataset as schema

    facets: dict[str, Any] = {}
    if dataset.fields:
        fields = [
            schema.SchemaDatasetFacetFields(name=each.name, type=each.type or None, description=each.meaning or None)
            for each in dataset.fields
        ]
        facets["schema"] = schema.SchemaDatasetFacet(fields=fields, producer=PRODUCER)
    made = {each.name: each.reads for each in dataset.fields if each.reads} if lineage else {}
    if made:
        facets["columnLineage"] = columns.ColumnLineageDatasetFacet(
            fields={
                name: columns.Fields(
                    inputFields=[
                        columns.InputField(NAMESPACE, table, column, [columns.Transformation("DIRECT", _SUBTYPES[how])])
                        for table, column, how in reads
                    ]
                )
                for name, reads in made.items()
            },
            producer=PRODUCER,
        )
    return facets
