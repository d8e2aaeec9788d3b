"""Which touches earn a conversion: known credits, and what holds for whatever journeys there are."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stats import attribution
from pipeline.stats.journeys import within_lookback
from tests.stats.journeys_of import FIRST, KNOWN, Path, touches

MODELS = list(attribution.MODELS)
channel_names = st.text(min_size=1, max_size=6) | st.sampled_from(["A", "B", "C", "direct"])
paths = st.builds(
    Path,
    st.lists(channel_names, min_size=1, max_size=7).map(tuple),
    st.none() | st.integers(0, 10**8).map(lambda cents: cents / 100),
    st.integers(1, 3),
)
any_journeys = st.lists(paths, min_size=1, max_size=12).map(touches)
flows = st.sampled_from([None, "value"])


def credit(frame: pd.DataFrame, model: str, value: str | None = "value") -> dict[str, float]:
    found = attribution.attribute(frame, value=value).merge(frame[["journey", "touch", "value"]])
    of_model = found[found["model"] == model]
    sums = (of_model["weight"] * of_model["value"]).groupby(of_model["channel"]).sum()
    return {str(name): float(total) for name, total in sums.items()}


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first", (440, 30, 0)),
        ("last", (40, 0, 430)),
        ("last_non_direct", (40, 0, 430)),
        ("linear", (190, 115, 165)),
        ("position", (210, 75, 185)),
        ("markov", (172.3333, 129.25, 168.4167)),
    ],
)
def test_the_known_journeys_have_their_known_credits(model: str, expected: tuple[float, ...]) -> None:
    found = credit(touches(KNOWN), model)
    assert tuple(found[name] for name in "ABC") == pytest.approx(expected, abs=5e-5)


def test_the_known_journeys_have_their_known_removal_effects() -> None:
    found = attribution.channels(touches(KNOWN), value="value").set_index("channel")
    assert found["removal_effect"].round(4).to_dict() == {"A": 0.9362, "B": 0.7021, "C": 0.9149}
    assert found["credit"].round(4).to_dict() == {"A": 172.3333, "B": 129.25, "C": 168.4167}
    assert found["credited"].to_numpy() == pytest.approx(found["credit"].to_numpy(), abs=1e-6)


def test_without_values_every_journey_flows_and_those_that_do_not_convert_dilute() -> None:
    found = attribution.channels(touches(KNOWN)).set_index("channel")
    assert found["removal_effect"].to_dict() == pytest.approx({"A": 0.75, "B": 46 / 135, "C": 23 / 35})
    assert found["credit"].sum() == pytest.approx(10)


def without(frame: pd.DataFrame, gone: str | None) -> float:
    """The share of visitors that convert when ``gone`` leads nowhere, step by step through the chain."""
    steps: dict[str, dict[str, float]] = {}
    for _, journey in frame.groupby("journey"):
        states = ["start:", *journey["channel"], "won:" if journey["converted"].all() else "lost:"]
        for state, following in itertools.pairwise(states):
            steps.setdefault(state, {}).setdefault(following, 0.0)
            steps[state][following] += 1
    here, won = {"start:": 1.0}, 0.0
    for _ in range(4000):
        there: dict[str, float] = {}
        for state, mass in here.items():
            total = sum(steps[state].values())
            for following, count in steps[state].items():
                if following == "won:":
                    won += mass * count / total
                elif following not in {"lost:", gone}:
                    there[following] = there.get(following, 0.0) + mass * count / total
        here = there
    return won


few = st.lists(
    st.builds(Path, st.lists(st.sampled_from("ABC"), min_size=1, max_size=4).map(tuple), st.sampled_from([None, 1.0])),
    min_size=1,
    max_size=5,
)


@settings(max_examples=15, deadline=None)
@given(few)
def test_a_removal_effect_is_what_the_chain_loses_when_the_channel_leads_nowhere(walked: list[Path]) -> None:
    frame = touches([*walked, Path(("A", "B"), 1.0)])
    whole = without(frame, None)
    for row in attribution.channels(frame).itertuples():
        assert row.removal_effect == pytest.approx(1 - without(frame, str(row.channel)) / whole, abs=1e-6)


@settings(deadline=None)
@given(any_journeys, flows)
def test_the_weights_of_a_conversion_sum_to_one_in_every_model(frame: pd.DataFrame, value: str | None) -> None:
    found = attribution.attribute(frame, value=value)
    assert ((found["weight"] >= 0) & (found["weight"] <= 1 + 1e-12)).all()
    sums = found.groupby(["journey", "model"], observed=True)["weight"].sum()
    assert np.allclose(sums, 1.0, rtol=0, atol=1e-9)
    won = frame.loc[frame["converted"]]
    assert len(found) == len(won) * len(MODELS)
    assert set(found["journey"]) == set(won["journey"])


@settings(deadline=None)
@given(any_journeys, flows, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(frame: pd.DataFrame, value: str | None, order: object) -> None:
    rows = list(range(len(frame)))
    order.shuffle(rows)  # type: ignore[attr-defined]
    keys = ["journey", "touch", "channel"]
    one = attribution.weights(frame, value=value).sort_values(keys, ignore_index=True)
    other = attribution.weights(frame.iloc[rows], value=value).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(one, other, rtol=1e-6, atol=1e-9)


@settings(deadline=None)
@given(st.lists(any_journeys, min_size=2, max_size=4), flows, st.randoms(use_true_random=False))
def test_groups_are_weighed_as_if_each_were_alone(frames: list[pd.DataFrame], value: str | None, order: Any) -> None:
    """Journeys of all groups mixed, and a group of which nobody converts."""
    named = [
        frame.assign(journey=[f"{nth}-{one}" for one in frame["journey"]], group=7 - nth)
        for nth, frame in enumerate([*frames, touches([Path(("A", "B"))])])
    ]
    mixed = pd.concat(named, ignore_index=True)
    journeys = list(mixed["journey"].unique())
    order.shuffle(journeys)
    mixed = mixed.set_index("journey").loc[journeys].reset_index()
    keys = ["journey", "touch"]
    together = attribution.weights(mixed, value=value, within="group").sort_values(keys, ignore_index=True)
    alone = pd.concat([attribution.weights(frame, value=value) for frame in named]).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(together, alone, rtol=1e-6, atol=1e-9, check_dtype=False)


def test_a_journey_is_in_one_group() -> None:
    frame = touches([Path(("A", "B"), 1)]).assign(group=[1, 2])
    with pytest.raises(ValueError, match="a journey is in two groups"):
        attribution.weights(frame, within="group")


@settings(deadline=None)
@given(any_journeys, flows)
def test_names_of_channels_mean_nothing(frame: pd.DataFrame, value: str | None) -> None:
    numbers = {name: nth for nth, name in enumerate(sorted(set(frame["channel"]), reverse=True))}
    one = attribution.weights(frame, value=value)
    other = attribution.weights(frame.assign(channel=frame["channel"].map(numbers)), value=value)
    pd.testing.assert_frame_equal(one[MODELS], other[MODELS], rtol=1e-6, atol=1e-9)


@settings(deadline=None)
@given(any_journeys)
def test_credits_of_channels_sum_to_the_conversions(frame: pd.DataFrame) -> None:
    found = attribution.channels(frame)
    conversions = frame.loc[frame["converted"], "journey"].nunique()
    if conversions:
        assert found["credit"].sum() == pytest.approx(conversions)
        assert found["credited"].sum() == pytest.approx(conversions)
        assert found["removal_effect"].between(0, 1).all()
    else:
        assert found.drop(columns="channel").isna().all().all()
        assert attribution.attribute(frame).empty


def test_one_touch_earns_everything_in_every_model() -> None:
    frame = touches([Path(("direct",), 20), Path(("A", "B"), None)])
    assert attribution.weights(frame, value="value")[MODELS].to_numpy().tolist() == [[1.0] * 7]


def test_two_touches_share_by_position_in_halves() -> None:
    assert attribution.weights(touches([Path(("A", "B"), 1)]))["position"].tolist() == [0.5, 0.5]
    four = attribution.weights(touches([Path(("A", "B", "A", "C"), 1)]))["position"].tolist()
    assert four == pytest.approx([0.4, 0.1, 0.1, 0.4])


def test_direct_visits_earn_by_last_non_direct_only_where_there_is_nothing_else() -> None:
    frame = touches([Path(("A", "B", "direct", "direct"), 1), Path(("direct", "direct"), 1)])
    assert attribution.weights(frame)["last_non_direct"].tolist() == [0, 1, 0, 0, 0, 1]


def test_a_touch_a_half_life_older_earns_half() -> None:
    frame = touches([Path(("A", "B"), 1)])
    frame["touched_at"] = [FIRST, FIRST + pd.Timedelta(days=7)]
    frame["converted_at"] = FIRST + pd.Timedelta(days=8)
    assert attribution.weights(frame)["time_decay"].tolist() == pytest.approx([1 / 3, 2 / 3])
    frame["converted_at"] = FIRST + pd.Timedelta(days=36500)
    assert attribution.weights(frame)["time_decay"].tolist() == pytest.approx([1 / 3, 2 / 3])


def test_a_step_from_a_channel_to_itself_does_not_change_what_it_is_worth() -> None:
    once = attribution.channels(touches([Path(("A", "B"), 1), Path(("A",), None), Path(("B",), None)]))
    again = attribution.channels(touches([Path(("A", "A", "A", "B"), 1), Path(("A",), None), Path(("B",), None)]))
    assert again["removal_effect"].tolist() == pytest.approx(once["removal_effect"].tolist())


def test_where_no_weights_give_the_classic_totals_both_are_shown() -> None:
    frame = touches([Path(("A",), 1, 4), Path(("A", "B", "C", "D"), 1)])
    found = attribution.channels(frame, value="value").set_index("channel")
    assert found["removal_effect"].to_dict() == pytest.approx({"A": 1.0, "B": 0.2, "C": 0.2, "D": 0.2})
    assert found.loc["A", "credit"] == pytest.approx(0.625 * 5)
    assert found.loc["A", "credited"] == pytest.approx(4.0, abs=1e-3)
    assert found["credited"].sum() == pytest.approx(5.0)


def test_thousands_of_channels_are_solved_in_blocks() -> None:
    frame = touches([Path((f"c{nth}", f"c{nth + 1}"), 1 if nth % 3 else None) for nth in range(700)])
    found = attribution.channels(frame)
    assert len(found) == 701
    assert found["removal_effect"].between(0, 1).all()


def test_no_touches_give_no_weights() -> None:
    none = touches(KNOWN).iloc[:0]
    assert attribution.attribute(none).empty
    assert attribution.channels(none).empty
    assert within_lookback(none).empty
