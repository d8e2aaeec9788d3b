"""Great Expectations' unexpected_rows_expectation, with all queries of a suite asked in one statement.

The stock one runs each query twice, to fetch 200 rows and to count all, and each costs a plan and a
walk through SQLAlchemy. Here the metric that the expectation depends on is a number out of one
statement for the whole suite. Suites name the stock type and run under it too. This module imports
great_expectations and is itself imported when a gate is made.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, ClassVar

from great_expectations.core.id_dict import IDDict
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.core import UnexpectedRowsExpectation
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

if TYPE_CHECKING:
    from great_expectations.execution_engine import ExecutionEngine

    from pipeline.quality.tally import Tally

TYPE = "counted_rows"
ROW_COUNT = "counted_rows.row_count"

# Whose numbers the metric gives: set for the time of one validation.
tally: ContextVar[Tally] = ContextVar("tally")


class RowCount(MetricProvider):  # type: ignore[misc]  # the library is not typed for us
    """The number of rows that a query over the batch gives."""

    metric_name = ROW_COUNT
    value_keys = ("unexpected_rows_query",)

    @metric_value(engine=SqlAlchemyExecutionEngine)  # type: ignore[untyped-decorator]
    def _sqlalchemy(
        cls,  # noqa: N805 the library makes a class method of it
        execution_engine: SqlAlchemyExecutionEngine,  # noqa: ARG002 the signature is the library's
        metric_domain_kwargs: dict[str, object],  # noqa: ARG002
        metric_value_kwargs: dict[str, str],
        metrics: dict[str, object],  # noqa: ARG002
        runtime_configuration: dict[str, object],  # noqa: ARG002
    ) -> int:
        return tally.get().rows(metric_value_kwargs["unexpected_rows_query"])


class CountedRows(UnexpectedRowsExpectation):  # type: ignore[misc]  # the library is not typed for us
    """Fails when the query gives a row; ``observed_value`` is how many rows it gives."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (ROW_COUNT,)

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine | None = None,  # noqa: ARG002 the signature is the library's
        runtime_configuration: dict[str, object] | None = None,  # noqa: ARG002
    ) -> ValidationDependencies:
        """The one metric that is needed: the number of rows of the query over the batch."""
        batch, query = IDDict(batch_id=self.batch_id), IDDict(unexpected_rows_query=self.unexpected_rows_query)
        return ValidationDependencies(
            metric_configurations={ROW_COUNT: MetricConfiguration(ROW_COUNT, batch, query)},
            result_format={"result_format": "BASIC"},
        )

    def _validate(
        self,
        metrics: dict[str, int],
        runtime_configuration: dict[str, object] | None = None,  # noqa: ARG002
        execution_engine: ExecutionEngine | None = None,  # noqa: ARG002
    ) -> dict[str, object]:
        rows = metrics[ROW_COUNT]
        return {"success": rows == 0, "result": {"observed_value": rows}}
