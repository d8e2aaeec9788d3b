"""Faults in the table of tested days and of anomalies."""

from __future__ import annotations

from tests.quality.planted import Planted
from tests.quality.planted_marts import doubled, put

ANOMALY = "kpi.anomaly"
# What three weeks of history are too short for: a day that was tested, and one that was judged.
_TESTED = {"expected": "value", "low": "value - 1", "high": "value + 1", "score": "0", "training_days": "30"}
_JUDGED = _TESTED | {"is_final": "true", "is_anomaly": "false"}
_ALARM = _TESTED | {"is_anomaly": "true", "direction": "'up'", "kind": "'spike'"}


def _all(what: str, changes: dict[str, str], rule: str, severity: str = "critical") -> Planted:
    """Every row is changed so."""
    return Planted(what, ANOMALY, put(ANOMALY, ", ".join(f"{k} = {v}" for k, v in changes.items())), rule, severity)


ANOMALIES = [
    Planted("a row twice", ANOMALY, doubled(ANOMALY), "key_unique"),
    *(
        Planted(f"no {column}", ANOMALY, put(ANOMALY, f"{column} = null", "rowid = 0"), "rows_can_be_placed")
        for column in ("metric", "value", "is_final", "training_days")
    ),
    _all("an account and a site at once", {"site": "'shop'", "platform": "'facebook'"}, "rows_can_be_placed"),
    Planted("a day to come", ANOMALY, put(ANOMALY, "day = date '2026-11-20'", "rowid = 0"), "rows_can_be_placed"),
    Planted("a metric forgotten", ANOMALY, f"delete from {ANOMALY} where metric = 'engagements'",
            "every_known_day_is_looked_at"),
    Planted("a site forgotten", ANOMALY, f"delete from {ANOMALY} where site is not null",
            "every_known_day_is_looked_at"),
    Planted("a value of another night", ANOMALY, put(ANOMALY, "value = value + 1", "metric = 'impressions'"),
            "every_known_day_is_looked_at"),
    _all("every day final", {"is_final": "true"}, "every_known_day_is_looked_at"),
    _all("beside its bounds", _TESTED | {"expected": "value + 2"}, "bounds_hold_what_was_expected"),
    _all("no lower bound", _TESTED | {"low": "null"}, "bounds_hold_what_was_expected"),
    _all("taught by a week", _TESTED | {"training_days": "7"}, "bounds_hold_what_was_expected"),
    _all("fewer than no visits", _TESTED | {"low": "-1"}, "bounds_hold_what_was_expected"),
    _all("a score without its distance", _TESTED | {"score": "5"}, "scores_lie_where_values_do"),
    _all("a distance without its score", _TESTED | {"high": "value - 0.5"}, "scores_lie_where_values_do"),
    _all("a provisional alarm", _ALARM | {"is_final": "false"}, "only_final_days_are_judged"),
    _all("a campaign's alarm", _ALARM | {"is_final": "true", "explained_by": "'sale'"}, "only_final_days_are_judged"),
    _all("an alarm without a side", _ALARM | {"is_final": "true", "direction": "null"}, "only_final_days_are_judged"),
    _all("a side without an alarm", _JUDGED | {"direction": "'up'"}, "only_final_days_are_judged"),
    _all("a word of its own", _ALARM | {"is_final": "true", "kind": "'drift'"}, "only_final_days_are_judged"),
    _all("an alarm within its bounds", _ALARM | {"is_final": "true"}, "only_final_days_are_judged"),
    _all("a verdict withheld", _JUDGED | {"is_anomaly": "null"}, "only_final_days_are_judged"),
    _all("everything is extraordinary", _ALARM, "alarms_are_rare", "warning"),
]  # fmt: skip
