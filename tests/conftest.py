"""The order of the tests: files of which a part takes minutes begin first, so that no worker ends alone with one."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
