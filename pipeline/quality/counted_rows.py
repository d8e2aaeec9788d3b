"""Great Expectations' unexpected_rows_expectation, without fetching the rows that nobody reads here.

The stock one runs each query twice, to fetch 200 rows and to count all, and works its own arguments
out anew some twenty times: 4 ms a rule where this takes 1.3. Suites name the stock type and run
under it too. This module imports great_expectations and is itself imported when a gate is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from great_expectations.core.id_dict import IDDict
from great_expectations.expectations.core import UnexpectedRowsExpectation
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

if TYPE_CHECKING:
    from great_expectations.execution_engine import ExecutionEngine

TYPE = "counted_rows"
ROW_COUNT = "unexpected_rows_query.row_count"


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
