"""Great Expectations on a DuckDB connection that is already open, inside its open transaction.

Great Expectations knows DuckDB only through SQLAlchemy and closes a connection before it fetches,
which empties a DuckDB result. So SQLAlchemy gets the pipeline's own connection in a wrapper whose
cursors fetch at once and whose commit, rollback and close do nothing (``open_connection``): suites
see uncommitted rows and can neither end nor change the caller's transaction.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import QualityError
from pipeline.quality.open_connection import OpenConnection
from pipeline.quality.tally import ABORTED, Tally

if TYPE_CHECKING:
    import duckdb
    from great_expectations import ExpectationSuite
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.datasource.fluent import SQLDatasource

    from pipeline.quality.suites import Suite


@dataclass(frozen=True)
class Outcome:
    """What Great Expectations says about one expectation."""

    success: bool
    observed: str | None
    unexpected_count: int | None


class Engine:
    """One Great Expectations context, data source and asset per table, reused over nights.

    Making one imports ``great_expectations``: seconds the first time in a process, 0.1 s after.
    Raises QualityError when the library cannot start or cannot use the connection.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._connection = OpenConnection(con)
        try:
            self._source = _data_source(self._connection)
        except Exception as error:
            raise QualityError(f"Great Expectations does not start ({_summary(error)}); the gate stays shut") from error
        self._batches: dict[str, BatchDefinition] = {}

    def rebind(self, con: duckdb.DuckDBPyConnection) -> None:
        """Lets later runs read through ``con``, for example after the warehouse was re-opened."""
        self._connection.con = con

    def build(self, suite: Suite) -> ExpectationSuite:
        """The suite as Great Expectations' own object. QualityError names the entry it refuses.

        ExpectationSuite(**json) logs a type that it does not know and drops it: such a suite
        would check less than it says. So every entry is built by itself first.
        """
        from great_expectations import ExpectationSuite
        from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

        from pipeline.quality import counted_rows

        entries = []
        for expectation in suite.expectations:
            kind = counted_rows.TYPE if expectation.query else expectation.type
            try:
                entries.append(ExpectationConfiguration(**{**expectation.raw, "type": kind}))
                entries[-1].to_domain_obj()
            except Exception as error:
                raise QualityError(
                    f"{suite.file}: {expectation.id} is no expectation that Great Expectations can run"
                    f" ({_summary(error)}); correct its type and kwargs"
                ) from error
        return ExpectationSuite(name=suite.name, expectations=entries)

    def run(self, table: str, suite: Suite, built: ExpectationSuite) -> dict[str, Outcome]:
        """Validates ``table`` (unqualified name) and gives an outcome per expectation id.

        Raises QualityError when an expectation could not be evaluated or was left out.
        """
        from pipeline.quality import counted_rows

        queries = [expectation.query for expectation in suite.expectations if expectation.query]
        before = counted_rows.tally.set(Tally(self._connection, table, queries))
        try:
            result = self._batch(table).get_batch().validate(built, result_format="BASIC")
        except Exception as error:
            raise QualityError(f"{suite.file}: the suite could not be run ({_summary(error)})") from error
        finally:
            counted_rows.tally.reset(before)
        _refuse_exceptions(suite, result.results)
        outcomes = {entry.expectation_config.id: _outcome(entry) for entry in result.results}
        left_out = [expectation.id for expectation in suite.expectations if expectation.id not in outcomes]
        if left_out:
            raise QualityError(f"{suite.file}: not evaluated: {', '.join(left_out)}; the gate stays shut")
        return outcomes

    def _batch(self, table: str) -> BatchDefinition:
        if table not in self._batches:
            asset = self._source.add_table_asset(table, table_name=table)
            self._batches[table] = asset.add_batch_definition_whole_table("all")
        return self._batches[table]


def prepare() -> None:
    """Import Great Expectations: seconds the first time in a process. Raises whatever the import raises."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read at import
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # about 200 lines at import
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports deprecated modules of the standard library
        import great_expectations.data_context.types.base  # noqa: F401

        from pipeline.quality import counted_rows  # noqa: F401


def _data_source(connection: OpenConnection) -> SQLDatasource:
    """A data source of a context in memory: nothing is written to disk or sent anywhere."""
    prepare()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its context uses what its libraries deprecate
        import great_expectations as gx
        from great_expectations.data_context.types import base
        from sqlalchemy.pool import StaticPool

        config = base.DataContextConfig(
            store_backend_defaults=base.InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=base.ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        )
        context = gx.get_context(mode="ephemeral", project_config=config)
        return context.data_sources.add_sql(
            "warehouse",
            connection_string="duckdb:///:memory:",
            create_temp_table=False,
            kwargs={"creator": lambda: connection, "poolclass": StaticPool},
        )


def _refuse_exceptions(suite: Suite, entries: Iterable[ExpectationValidationResult]) -> None:
    """Raises QualityError with the first exception: the library reports them like failed checks."""
    raised = [
        (entry.expectation_config.id, message) for entry in entries for message in _exceptions(entry.exception_info)
    ]
    # In a transaction the first error aborts it, and every later query complains about that alone.
    telling = [each for each in raised if ABORTED not in each[1]] or raised
    if telling:
        identity, message = telling[0]
        raise QualityError(
            f"{suite.file}: {identity} could not be evaluated ({' '.join(message.split())[:300]});"
            " correct its SQL or the columns it names"
        )


def _exceptions(info: Mapping[str, object] | None) -> list[str]:
    """Messages of the exceptions in either shape that Great Expectations uses: flat or one per metric."""
    entries = [info] if info and "raised_exception" in info else list((info or {}).values())
    return [
        str(each.get("exception_message"))
        for each in entries
        if isinstance(each, Mapping) and each.get("raised_exception")
    ]


def _outcome(entry: ExpectationValidationResult) -> Outcome:
    observed = entry.result.get("observed_value")
    counted = entry.expectation_config.type == "counted_rows"
    count = observed if counted else entry.result.get("unexpected_count")
    return Outcome(bool(entry.success), None if observed is None else str(observed), count)


def _summary(error: Exception) -> str:
    """The error on one line, cut where a library prints pages."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
