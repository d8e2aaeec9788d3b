"""When and with what an account is answered: hours of the week, kinds of posts, hashtags."""

from __future__ import annotations

from itertools import groupby

from pipeline.report.blocks import Block, Card, Cell, Drawn, Section, Table, Text
from pipeline.report.charts import Chart, heat_map
from pipeline.report.charts.heat import Hour
from pipeline.report.view import Row, View

# Of fewer posts an hour tells nothing; of fewer in all, no week does.
_SURE, _ENOUGH = 3, 20
_HASHTAGS = 15


def hours_section(view: View) -> Section | None:
    """A heat map per account that has posted enough."""
    if not view.has("kpi.posting_time", "weekday", "hour", "posts", "engagement_rate_shrunk", "rate_low", "rate_high"):
        return None
    found = view.rows(
        "select * from kpi.posting_time where engagement_rate_shrunk is not null "
        "order by platform, account, weekday, hour"
    )
    charts = []
    for who, rows in groupby(found, key=lambda row: (row["platform"], row["account"])):
        cells = list(rows)
        if sum(cell["posts"] for cell in cells) >= _ENOUGH:
            charts.append(_heat(view, who, cells))
    if not charts:
        return None
    return Section("hours", view.say("hours"), [Drawn(charts), Text(view.say("hours_method"), "soft")])


def _heat(view: View, who: tuple[str, str], cells: list[Row]) -> Chart:
    weekdays = view.say("weekdays").split("|")
    write = view.write
    hours = [
        Hour(
            cell["weekday"],
            cell["hour"],
            cell["engagement_rate_shrunk"],
            f"{_hour(view, cell)} : {write.percent(cell['engagement_rate_shrunk'], 2)} "
            f"({view.say('n_posts', posts=cell['posts'])})",
            cell["posts"] >= _SURE,
        )
        for cell in cells
    ]
    finding = _best_hour(view, who, cells)
    ranked = sorted(cells, key=lambda cell: (-cell["engagement_rate_shrunk"], cell["weekday"], cell["hour"]))
    body = [
        (
            _hour(view, cell),
            write.number(cell["posts"]),
            write.percent(cell["engagement_rate_shrunk"], 2),
            view.say("between", low=write.percent(cell["rate_low"], 2), high=write.percent(cell["rate_high"], 2)),
        )
        for cell in ranked
    ]
    head = (view.say("hour"), view.label("posts"), view.label("engagement_rate_shrunk"), view.say("interval"))
    svg = heat_map(hours, weekdays, finding, view.language)
    return Chart(view.account(*who), finding, svg, head, body, [view.say("hours_note")])


def _best_hour(view: View, who: tuple[str, str], cells: list[Row]) -> str:
    """The hour that is answered most, of those with posts enough, and whether that is more than chance."""
    told = [cell for cell in cells if cell["posts"] >= _SURE]
    if not told:
        return view.say("hours_few", name=view.account(*who), posts=_SURE)
    best = max(told, key=lambda cell: (cell["engagement_rate_shrunk"], -cell["weekday"], -cell["hour"]))
    others = [cell["rate_high"] for cell in told if cell is not best and cell["rate_high"] is not None]
    is_sure = best["rate_low"] is not None and bool(others) and best["rate_low"] > max(others)
    finding = view.say(
        "hours_finding",
        name=view.account(*who),
        hour=_hour(view, best),
        rate=view.write.percent(best["engagement_rate_shrunk"], 2),
        low=view.write.percent(best["rate_low"], 2),
        high=view.write.percent(best["rate_high"], 2),
        posts=best["posts"],
    )
    return finding if is_sure else f"{finding} {view.say('hours_unsure')}"


def _hour(view: View, cell: Row) -> str:
    weekday = view.say("weekdays").split("|")[cell["weekday"] - 1]
    return view.say("weekday_hour", weekday=weekday, hour=f"{cell['hour']:02d}")


def types_section(view: View) -> Section | None:
    """The kinds of posts of the months that the period touches, each with what can be known of its rate."""
    if not view.has("kpi.content_type", "type", "month", "posts", "engagement_rate_shrunk", "rate_low", "rate_high"):
        return None
    found = view.rows(
        "select * from kpi.content_type where month between date_trunc('month', ?::date) and ? "
        "order by month desc, platform, account, rank nulls last, type",
        view.since,
        view.until,
    )
    write = view.write
    rows: list[list[str | Cell]] = [
        [
            Cell(view.account(row["platform"], row["account"]), below=f"{row['month']:%m/%Y}"),
            view.kind_of_post(row["type"]),
            write.number(row["posts"]),
            write.number(row["impressions"]),
            write.number(row["engagements"]),
            write.percent(row["engagement_rate_by_impressions"], 2),
            Cell(
                write.percent(row["engagement_rate_shrunk"], 2),
                below=view.say(
                    "between", low=write.percent(row["rate_low"], 2), high=write.percent(row["rate_high"], 2)
                )
                if row["rate_low"] is not None
                else None,
            ),
        ]
        for row in found
    ]
    if not rows:
        return None
    numbers = ("posts", "impressions", "engagements", "engagement_rate_by_impressions", "engagement_rate_shrunk")
    columns = [*view.words("account", "type"), *(view.column(name) for name in numbers)]
    table = Table(view.say("types"), columns, rows, headed=2)
    return Section("types", view.say("types"), [table, Text(view.say("shrunk_note"), "soft")])


def hashtags_section(view: View) -> Section | None:
    """Hashtags of the weeks in the period: with how many posts, and against the posts without them where known."""
    if not view.has("kpi.hashtag", "hashtag", "week", "posts_published", "lift", "lift_low", "lift_high"):
        return None
    found = view.rows(
        """
        with weeks as (select * from kpi.hashtag where week between $since and $until),
        judged as (
            -- each week speaks of the thirteen up to it: the newest that has enough posts stands for the hashtag
            select * from weeks where lift is not null
            qualify row_number() over (partition by platform, account, hashtag order by week desc) = 1
        )
        select platform, account, hashtag, sum(weeks.posts_published) as posts, any_value(judged.week) as week,
            any_value(judged.engagement_rate_with) as rate_with,
            any_value(judged.engagement_rate_without) as rate_without,
            any_value(judged.lift) as lift, any_value(judged.lift_low) as low, any_value(judged.lift_high) as high
        from weeks left join judged using (platform, account, hashtag)
        group by platform, account, hashtag
        order by lift desc nulls last, posts desc, platform, account, hashtag limit $most
        """,
        since=view.since,
        until=view.until,
        most=_HASHTAGS,
    )
    if not found:
        return None
    columns = [
        *view.words("hashtag", "account"),
        *(view.column(name) for name in ("posts", "engagement_rate_with", "engagement_rate_without")),
        view.column("lift", view.say("hashtag_lift")),
    ]
    rows = [_hashtag(view, row) for row in found]
    blocks: list[Block | Card] = [Table(view.say("hashtags"), columns, rows), Text(view.say("hashtag_note"), "soft")]
    return Section("hashtags", view.say("hashtags"), blocks)


def _hashtag(view: View, row: Row) -> list[str | Cell]:
    write = view.write
    bounds = None
    if row["low"] is not None:
        low, high = (write.signed(write.percent(row[name], 2)) for name in ("low", "high"))
        bounds = view.say("between", low=low, high=high)
    return [
        f"#{str(row['hashtag']).lstrip('#')[:60]}",
        view.account(row["platform"], row["account"]),
        write.number(row["posts"]),
        write.percent(row["rate_with"], 2),
        write.percent(row["rate_without"], 2),
        Cell("–" if row["lift"] is None else write.signed(write.percent(row["lift"], 2)), below=bounds),
    ]
