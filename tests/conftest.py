"""How tests are tried and shared out.

Properties are tried with the same examples in every run, or with new ones where somebody asks for them:
``make test`` is judged by its result, so it must not hang on luck or on how busy a machine is. ``make fuzz``
looks for what nobody has found yet.

Processes take whole files. Files that look at the same long replay go to the same process, so that it is
played once; and what takes minutes begins first, so that no process ends alone with it.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile("fuzz" if os.environ.get("VIGIE_FUZZ") else "steady")

ROOT: Final = Path(__file__).parent.parent
REPLAYS: Final = ("year", "ninety")
# Of each of these a part takes a minute or more.
LONG: Final = (
    "tests/models/test_incremental.py",
    "tests/bench/test_bench_smoke.py",
    "tests/warehouse/test_order.py",
    "tests/faults/test_load_faults.py",
    "tests/cli/test_nights.py",
    "tests/faults/test_publish_faults.py",
)
_ORDER: Final = (*REPLAYS, *LONG)


@cache
def together(file: str) -> str:
    """What decides which process a file's tests run in: the long replay that they look at, else the file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return next((name for name in REPLAYS if f"({name}: " in text or f", {name}: " in text), file)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; whoever looks at one replay comes one after the other."""
    ranks = {name: rank for rank, name in enumerate(_ORDER)}
    items.sort(key=lambda item: ranks.get(together(item.nodeid.partition("::")[0]), len(ranks)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files as the process takes them with ``--dist loadfile``, but those of one replay as one."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    class Replayed(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return together(super()._split_scope(nodeid))

    return Replayed(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests measured, and how many of the planted data faults the expectation meant for them caught."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    properties = [each for report in reports if report.when == "call" for each in report.user_properties]
    names = [name for name, _ in properties]
    lines = [str(value) for name, value in properties if name == "told"]
    if planted := names.count("planted"):
        caught = names.count("caught")
        lines.append(
            f"data faults: {planted} planted, {caught} caught by the expectation meant for them: {caught / planted:.1%}"
        )
    if lines:
        terminalreporter.write_sep("-", "measured")
        terminalreporter.write_line("\n".join(lines))
