"""What is expected of the days ahead, and how well such forecasts have held so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pipeline.report.blocks import Block, Card, Cell, Column, Drawn, Section, Table, Text
from pipeline.report.charts import Chart, Fan, Point, Series, lines
from pipeline.report.view import Row, View

_SHOWN = timedelta(days=55)
# A forecast of a fortnight ago is none of today.
_OLDEST = timedelta(days=14)
_SITES = {"visits": "kpi.site_daily"}


def ahead(
    view: View, metric: str, *, platform: str | None = None, account: str | None = None, site: str | None = None
) -> list[Fan]:
    """The days ahead of a series; empty where its forecast was not made from the last days that are shown."""
    if not view.has("kpi.forecast", "low_80", "low_95", "training_until", "site"):
        return []
    found = view.rows(
        "select day, value, low_80, high_80, low_95, high_95 from kpi.forecast where metric = ? "
        "and platform is not distinct from ? and account is not distinct from ? and site is not distinct from ? "
        "and value is not null and day > ? and training_until between ? and ? order by day",
        metric,
        platform,
        account,
        site,
        view.until,
        view.until - _OLDEST,
        view.until,
    )
    return [Fan(**row) for row in found]


def finding(view: View, fan: Sequence[Fan]) -> str:
    """A sentence to put after another; empty without a forecast."""
    if not fan:
        return ""
    last, number = fan[-1], view.write.number
    return " " + view.say(
        "forecast_finding",
        day=view.write.day(last.day),
        value=number(last.value),
        low=number(last.low_80),
        high=number(last.high_80),
    )


def cells(view: View, fan: Sequence[Fan]) -> list[tuple[str, str, str]]:
    """Rows of the table behind a chart: day, value with its bounds, and that it is a forecast."""
    number = view.write.number
    return [
        (view.write.day(each.day), f"{number(each.value)} ({view.between(each.low_80, each.high_80)})",
         view.say("forecast"))
        for each in fan
    ]  # fmt: skip


def section(view: View) -> Section | None:
    """The sites' visits ahead, and of every series the model that is served with its errors."""
    if not view.has("kpi.forecast", "model", "backtest_error", "backtest_error_naive", "coverage_80"):
        return None
    found = view.rows(
        "select distinct platform, account, site, metric, model, backtest_origins, backtest_error, "
        "backtest_error_naive, coverage_80 from kpi.forecast where training_until between ? and ? and day > ? "
        "order by site nulls first, platform, account, metric",
        view.until - _OLDEST,
        view.until,
        view.until,
    )
    if not found:
        return None
    charts = [chart for row in found if (chart := _site_chart(view, row))]
    blocks: list[Block | Card] = [Drawn(charts)] if charts else []
    blocks += [_table(view, found), Text(view.say("forecast_method"), "soft")]
    return Section("forecast", view.say("forecasts"), blocks)


def _site_chart(view: View, row: Row) -> Chart | None:
    if row["site"] is None or row["metric"] not in _SITES:
        return None
    fan = ahead(view, row["metric"], site=row["site"])
    known = view.rows(
        "select day, visits as value, coalesce(is_final, false) as final from kpi.site_daily "
        "where site = ? and day between ? and ? order by day",
        row["site"],
        view.until - _SHOWN,
        view.until,
    )
    write = view.write
    points = [Point(each["day"], each["value"], each["final"]) for each in known]
    last = next((point for point in reversed(points) if point.value is not None), None)
    if last is None or not fan:
        return None
    label = view.label(row["metric"])
    text = view.say(
        "site_finding", site=row["site"], figure=label, value=write.number(last.value), day=write.day(last.day)
    )
    text += finding(view, fan)
    body = [(write.day(p.day), write.number(p.value), "" if p.final else view.say("provisional")) for p in points]
    head = (view.say("day"), label, view.say("state"))
    notes = [view.say("fan_note")] + ([] if last.final else [view.say("provisional_line")])
    svg = lines([Series("", points)], text, view.language, fan=fan)
    return Chart(f"{label} · {row['site']}", text, svg, head, [*body, *cells(view, fan)], notes)


def _table(view: View, found: Sequence[Row]) -> Table:
    write = view.write
    columns = [
        *view.words("what", "metric", "model"),
        *(Column(view.say(name), is_number=True) for name in ("backtest_error", "backtest_error_naive", "coverage_80")),
    ]
    rows: list[list[str | Cell]] = [
        [
            row["site"] or view.account(row["platform"], row["account"]),
            view.label(row["metric"]),
            view.say(row["model"]),
            write.number(row["backtest_error"], 1),
            write.number(row["backtest_error_naive"], 1),
            write.percent(row["coverage_80"], 0),
        ]
        for row in found
    ]
    return Table(view.say("forecast_checked"), columns, rows, headed=2)
