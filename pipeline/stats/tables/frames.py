"""Frames without rows whose columns still have types: a database cannot guess them from nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def without_rows(columns: Mapping[str, str]) -> pd.DataFrame:
    """An empty frame with these columns, each of its pandas type (``string``, ``float64``, ``datetime64[s]``)."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
