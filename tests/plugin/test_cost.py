"""What the package brings into Airflow costs its processes little, and the command line nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Each costs a good part of a second.
HEAVY = ("fastapi", "duckdb", "pandas", "great_expectations", "jinja2", "numpy", "msgspec", "pipeline.sources")


def brought(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_command_line_knows_nothing_of_the_plugin() -> None:
    modules = brought("import pipeline.cli")
    assert "pipeline.cli" in modules
    assert not {name for name in modules if name.startswith(("pipeline.plugin", "airflow"))}


@pytest.mark.parametrize("module", ["provider", "connections", "closed", "brand"])
def test_what_every_process_of_airflow_imports_brings_nothing_heavy(module: str) -> None:
    modules = brought(f"import pipeline.plugin.{module} as m; getattr(m, 'get_provider_info', int)()")
    assert f"pipeline.plugin.{module}" in modules
    assert modules.isdisjoint({*HEAVY, "airflow"})
