"""What the published figures say that people want to know at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline import registry
from pipeline.alerts import Finding, number, percent, say
from pipeline.steps.project import Project, resource_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Days become final one after the other: what was found so long ago was told then.
_NEW = 35
_ANOMALIES = """
    select platform, account, site, metric, day, value, low, high, direction
    from kpi.anomaly
    where is_anomaly and abs(coalesce(score, 1e9)) >= ? and day >= ?
    order by day desc, abs(coalesce(score, 1e9)) desc, platform, account, site, metric
"""
# Where no probability is known, the pace of the first days says little.
_GOALS = """
    select goal, metric, current_value, target, expected_today, probability, known_until, period_start
    from kpi.goal
    where
        state = 'off_pace' and not is_final
        and case when probability is null then 4 * days_known >= days_in_period else probability * 100 < ? end
    order by all
"""
_EXPERIMENTS = """
    select experiment, action, any_value(verdict), any_value(reason), any_value(reason_fr)
    from (
        select * from conversion.experiment_result
        qualify look = max(look) over (partition by experiment, action)
    )
    where verdict <> 'running'
    group by experiment, action
    order by experiment, action
"""


def anomalies(project: Project, con: DuckDBPyConnection, night: date) -> Iterator[Finding]:
    """Final days beyond their bounds; each is an incident of its own, told once."""
    language = project.settings.language
    least = project.settings.alerts.rules["anomaly"].thresholds["score"]
    labels = _labels(language)
    rows = con.execute(_ANOMALIES, [least, night - timedelta(days=_NEW)]).fetchall()
    for platform, account, site, metric, day, value, low, high, _ in rows:
        whose = site or f"{platform}/{account}"
        bounds = [number(bound, language) if bound is not None else "–" for bound in (low, high)]
        yield Finding(
            key=f"odd {whose} {metric} {day}",
            rule="anomaly",
            what=say(language, "anomaly", metric=labels.get(metric, metric), whose=whose, day=day,
                     value=number(value, language), low=bounds[0], high=bounds[1]),
            look=f"vigie report --period {day:%Y-%m}",
            owner="community",
        )  # fmt: skip


def goals(project: Project, con: DuckDBPyConnection) -> Iterator[Finding]:
    """Goals of running periods that will hardly be reached."""
    language = project.settings.language
    least = project.settings.alerts.rules["goal_off_pace"].thresholds["percent"]
    for goal, metric, current, target, due, probability, until, start in con.execute(_GOALS, [least]).fetchall():
        chance = say(language, "due", value=_written(due, language)) if due is not None else ""
        if probability is not None:
            chance += say(language, "chance", percent=percent(probability, language))
        yield Finding(
            key=f"goal {goal} {start}",
            rule="goal_off_pace",
            what=say(language, "goal_off_pace", goal=goal, current=_written(current, language),
                     target=_written(target, language), day=until, chance=chance),
            look="vigie report",
            touches=_labels(language).get(metric, metric),
            owner="marketing",
        )  # fmt: skip


def experiments(project: Project, con: DuckDBPyConnection) -> Iterator[Finding]:
    """Experiments that have a verdict."""
    language = project.settings.language
    for experiment, action, verdict, reason, reason_fr in con.execute(_EXPERIMENTS).fetchall():
        yield Finding(
            key=f"decided {experiment} {action} {verdict}",
            rule="experiment_decided",
            what=say(language, "experiment_decided", experiment=experiment, action=action,
                     reason=reason_fr if language == "fr" else reason),
            look="vigie experiment",
            owner="marketing",
        )  # fmt: skip


def _written(value: float, language: str) -> str:
    """A rate in per cent, anything else as a number."""
    return percent(value, language) if 0 < abs(value) < 1 else number(value, language)


def _labels(language: str) -> dict[str, str]:
    metrics = registry.read(resource_folder("sql") / "metrics.yml").metrics
    return {name: metric.label_fr if language == "fr" else metric.label_en for name, metric in metrics.items()}
