"""Whether those whom an account reached are those whom the brand wants to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.report.blocks import Fact
    from pipeline.report.view import View


def facts(view: View, platform: str, account: str) -> list[Fact]:
    """The share of the people reached who are in the target, on the last evening of the period that told of them.

    Nothing without a target, or where the platform never tells of the people reached; a dash with the reason
    where it tells of them and no share can be known.
    """
    if not view.has("kpi.target_reach", "target_reach_rate", "reason_fr"):
        return []
    found = view.rows(
        "select day, window_since, target_reach, people_reached, target_reach_rate, reason, reason_fr"
        " from kpi.target_reach"
        " where platform = ? and account = ? and day between ? and ?"
        " and target_segments > 0 and people_reached is not null"
        " order by target_reach_rate is null, day desc limit 1",
        platform,
        account,
        view.since,
        view.until,
    )
    if not found:
        return []
    row, write = found[0], view.write
    if row["target_reach_rate"] is None:
        return [view.fact("target_reach_rate", "–", row["reason_fr" if view.language == "fr" else "reason"])]
    people = view.say(
        "target_people",
        target=write.number(row["target_reach"]),
        people=write.number(row["people_reached"]),
        since=write.day(row["window_since"]),
        day=write.day(row["day"]),
    )
    return [view.fact("target_reach_rate", write.percent(row["target_reach_rate"]), people)]
