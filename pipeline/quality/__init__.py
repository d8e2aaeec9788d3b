"""The two gates: Great Expectations suites on what was loaded and on the marts before COMMIT.

``Gate`` is the one door. Nothing outside this package imports ``great_expectations``, and importing
this package does not: the import costs seconds and happens when a ``Gate`` is made, or before by ``prepare``.
"""

from pipeline.quality.engine import prepare
from pipeline.quality.gate import Gate
from pipeline.quality.results import GateReport, ResultRow

__all__ = ["Gate", "GateReport", "ResultRow", "prepare"]
