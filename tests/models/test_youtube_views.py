"""What YouTube calls a view has changed its meaning twice: the registry shows when."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline import registry

METRICS = Path(__file__).resolve().parents[2] / "sql" / "metrics.yml"


@pytest.mark.parametrize("metric", ["impressions", "video_views"])
def test_views_have_three_meanings_that_follow_one_another_without_a_gap(metric: str) -> None:
    natives = [n for n in registry.read(METRICS).metrics[metric].native if n.platform == "youtube"]
    assert [n.valid_from for n in natives] == [None, date(2025, 3, 31), date(2026, 8, 24)]
    assert all(old.valid_to and old.valid_to + timedelta(days=1) == new.valid_from for old, new in pairwise(natives))
    assert natives[-1].valid_to is None
    assert len({n.name for n in natives}) == len(natives)
