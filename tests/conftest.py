"""Which tests run together and in what order, where several processes share them."""

from __future__ import annotations

from pathlib import Path

import pytest

# Replays that take minutes: whoever looks at one of them does so where it was made.
REPLAYS = ("year", "ninety")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests stay together, as do all that look at one long replay; what takes minutes begins first."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            replays = [name for name in REPLAYS if name in getattr(item, "fixturenames", ())]
            item.add_marker(pytest.mark.xdist_group(replays[0] if replays else _file(item)))
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def _file(item: pytest.Item) -> str:
    return Path(item.nodeid.partition("::")[0]).with_suffix("").as_posix()
