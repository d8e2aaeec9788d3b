"""Each network account: its followers with what is expected of them, its interactions day by day, its rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.report import aimed, forecast
from pipeline.report.blocks import Block, Card, Cell, Drawn, Facts, Section, Table, Text
from pipeline.report.charts import Chart, Point, Series, bars_of_days, lines
from pipeline.report.view import Row, View, rows

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

# A year's rhythm in what is read once a month; the last months, and a forecast that can be seen, in what is read daily.
_LONG, _SHORT = timedelta(days=395), timedelta(days=119)
_LINE_OF_NETWORKS = timedelta(days=90)


def accounts(con: DuckDBPyConnection, since: date, until: date) -> list[Row]:
    """One row per account over the days: levels are the last ones, ratios those of the sums, reach its bounds."""
    return rows(
        con,
        """
        select
            platform, account,
            arg_max(followers, day) as followers,
            arg_max(follower_growth_speed, day) as growth_speed,
            arg_max(follower_growth_rate_28d, day) as growth_28d,
            arg_max(growth_index, day) as growth_index,
            sum(followers_net) as followers_net,
            sum(impressions) as impressions,
            sum(engagements) as engagements,
            sum(engagements) filter (impressions is not null)
                / nullif(sum(impressions) filter (engagements is not null), 0) as engagement_rate,
            sum(clicks) filter (impressions is not null)
                / nullif(sum(impressions) filter (clicks is not null), 0) as click_through_rate,
            max(reach_1d) as reach_low, sum(reach_1d) as reach_high,
            sum(posts_published) as posts_published,
            sum(visits) as visits, sum(gross_margin) as margin,
            count(*) filter (not coalesce(is_final, false)) as days_provisional, count(*) as days
        from kpi.account_daily where day between ? and ? group by all order by platform, account
        """,
        since,
        until,
    )


def section(view: View) -> Section | None:
    found = accounts(view.con, view.since, view.until)
    if not found:
        return None
    overview = _overview(view, found)
    visits = _visits(view)
    cards = [_card(view, row) for row in found]
    between: list[Block] = [Drawn([visits])] if visits else []
    return Section("networks", view.say("networks"), [overview, *between, *cards])


def _overview(view: View, found: Sequence[Row]) -> Table:
    write = view.write
    columns = [
        *view.words("account"),
        view.column("followers"),
        view.column("followers_net"),
        view.column("reach_1d", view.say("reach")),
        view.column("impressions"),
        view.column("engagements"),
        view.column("engagement_rate_by_impressions"),
        view.column("posts_published"),
        view.column("visits"),
        view.column("gross_margin"),
    ]
    cells: list[list[str | Cell]] = [
        [
            view.account(row["platform"], row["account"]),
            write.number(row["followers"]),
            "–" if row["followers_net"] is None else write.signed(write.number(row["followers_net"])),
            view.between(row["reach_low"], row["reach_high"]),
            write.number(row["impressions"]),
            write.number(row["engagements"]),
            write.percent(row["engagement_rate"], 2),
            write.number(row["posts_published"]),
            write.number(row["visits"]),
            write.money(row["margin"]),
        ]
        for row in found
    ]
    return Table(view.say("networks_compared"), columns, cells)


def _card(view: View, row: Row) -> Card:
    write = view.write
    charts = [chart for chart in (_followers(view, row), _interactions(view, row)) if chart]
    facts = Facts([
        view.fact("followers", write.number(row["followers"])),
        view.fact("follower_growth_speed", write.number(row["growth_speed"], 1)),
        view.fact("follower_growth_rate_28d", write.percent(row["growth_28d"])),
        view.fact("growth_index", write.number(row["growth_index"], 1)),
        view.fact("reach_1d", view.between(row["reach_low"], row["reach_high"]), label=view.say("reach")),
        view.fact("engagement_rate_by_impressions", write.percent(row["engagement_rate"], 2)),
        view.fact("click_through_rate", write.percent(row["click_through_rate"], 2)),
        *aimed.facts(view, row["platform"], row["account"]),
        view.fact("visits", write.number(row["visits"])),
    ])  # fmt: skip
    blocks: list[Block] = [Drawn(charts)] if charts else [Text(view.say("no_followers"), "soft")]
    if row["days_provisional"]:
        days = view.say("days_provisional", provisional=row["days_provisional"], days=row["days"])
        blocks.append(Text(days, "soft"))
    return Card(view.account(row["platform"], row["account"]), [facts, *blocks])


def _followers(view: View, row: Row) -> Chart | None:
    """The level, and its forecast where the period is the newest."""
    who = (row["platform"], row["account"])
    found = view.rows(
        "select day, followers, coalesce(is_final, false) as final from kpi.account_daily "
        "where platform = ? and account = ? and day between ? and ? order by day",
        *who,
        view.until - (_LONG if view.period.kind in ("month", "quarter") else _SHORT),
        view.until,
    )
    write = view.write
    points = [
        Point(
            r["day"],
            r["followers"],
            r["final"],
            f"{write.day(r['day'])} : {write.number(r['followers'])}" if r["day"] >= view.since else None,
        )
        for r in found
    ]
    known = [point for point in points if point.value is not None]
    if len(known) < 2:
        return None
    fan = forecast.ahead(view, "followers", platform=who[0], account=who[1])
    first = next((point for point in known if point.day >= view.since), known[0])
    finding = view.say(
        "followers_finding",
        name=view.account(*who),
        value=write.number(known[-1].value),
        day=write.day(known[-1].day),
        change=write.signed(write.number((known[-1].value or 0) - (first.value or 0))),
        since=write.day(first.day),
    )
    finding += forecast.finding(view, fan)
    svg = lines([Series("", points)], finding, view.language, fan=fan)
    notes = [view.say("provisional_line")] if not known[-1].final else []
    body = [(write.day(p.day), write.number(p.value), "" if p.final else view.say("provisional")) for p in points]
    body += forecast.cells(view, fan)
    head = (view.say("day"), view.label("followers"), view.say("state"))
    return Chart(view.label("followers"), finding, svg, head, body, [*notes, *([view.say("fan_note")] if fan else [])])


def _interactions(view: View, row: Row) -> Chart | None:
    """Interactions a day, with what was out of the ordinary."""
    who = (row["platform"], row["account"])
    found = view.rows(
        "select day, engagements, coalesce(is_final, false) as final from kpi.account_daily "
        "where platform = ? and account = ? and day between ? and ? order by day",
        *who,
        view.since,
        view.until,
    )
    write = view.write
    points = [
        Point(r["day"], r["engagements"], r["final"], f"{write.day(r['day'])} : {write.number(r['engagements'])}")
        for r in found
    ]
    known = [point for point in points if point.value is not None]
    if not known:
        return None
    best = max(known, key=lambda point: (point.value or 0, -point.day.toordinal()))
    finding = view.say(
        "interactions_finding",
        name=view.account(*who),
        total=write.number(row["engagements"]),
        best=write.number(best.value),
        day=write.day(best.day),
    )
    odd = _anomalies(view, row, {point.day: point for point in known})
    svg = bars_of_days(points, finding, view.language, marked=odd)
    notes = [view.say("provisional_bar")] if not all(point.final for point in known) else []
    notes += [view.say("anomaly_mark")] if odd else []
    body = [(write.day(p.day), write.number(p.value), "" if p.final else view.say("provisional")) for p in points]
    head = (view.say("day"), view.label("engagements"), view.say("state"))
    return Chart(view.say("interactions_a_day"), finding, svg, head, body, notes)


def _anomalies(view: View, row: Row, known: dict[date, Point]) -> list[Point]:
    if not view.has("kpi.anomaly", "is_anomaly"):
        return []
    found = view.rows(
        "select day from kpi.anomaly where is_anomaly and platform = ? and account = ? and metric = 'engagements' "
        "order by day",
        row["platform"],
        row["account"],
    )
    return [known[r["day"]] for r in found if r["day"] in known]


def _visits(view: View) -> Chart | None:
    """Visits that each network sent, one line a network; the six that sent most."""
    found = view.rows(
        """
        with sent as (
            select platform, day, sum(visits) as visits
            from kpi.site_network_daily
            where platform <> 'unattributed' and day between ? and ?
            group by all
        ),
        most as (select platform from sent group by all order by sum(visits) desc nulls last, platform limit 6),
        sites as (select day, bool_and(coalesce(is_final, false)) as final from kpi.site_daily group by all)
        select platform, day, visits, coalesce(final, false) as final
        from sent semi join most using (platform) left join sites using (day) order by platform, day
        """,
        view.until - _LINE_OF_NETWORKS,
        view.until,
    )
    names = sorted({r["platform"] for r in found})
    series = [Series(n, [Point(r["day"], r["visits"], r["final"]) for r in found if r["platform"] == n]) for n in names]
    totals = {n: sum(r["visits"] or 0 for r in found if r["platform"] == n) for n in names}
    if not totals:
        return None
    best = max(names, key=lambda name: (totals[name], name))
    finding = view.say("visits_finding", name=best, visits=view.write.number(totals[best]))
    svg = lines(series, finding, view.language)
    if not svg:
        return None
    days = sorted({r["day"] for r in found})
    cells = {(r["day"], r["platform"]): view.write.number(r["visits"]) for r in found}
    body = [(view.write.day(day), *(cells.get((day, name), "–") for name in names)) for day in days]
    notes = [view.say("provisional_line")] if not all(r["final"] for r in found) else []
    return Chart(view.say("visits_by_network"), finding, svg, (view.say("day"), *names), body, notes)
