"""The best and the worst posts of a period, and what each has that others have not.

A rate of few impressions is mostly luck. Each post's rate is therefore drawn to the rate of its account, as if
it had been shown once more as often as a post of the account usually is, and as successfully as all of them:

    shrunk = (engagements + m × r) / (impressions + m)

with m the median impressions of the account's posts of the 90 days to the end of the period, and r the ratio of
their sums. The posts are compared by shrunk / r, so that networks with different habits stand in one list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pipeline.report.blocks import Block, Card, Cell, Section, Table, Text
from pipeline.report.money import margins_of_posts
from pipeline.report.view import Row, View

# As many as a reader looks through.
_SHOWN, _MARGINS = 5, 10
# Of fewer posts none is the best or the worst.
COMPARED = 6
_LOOK_BACK = timedelta(days=89)
_HASHTAGS = 3


def section(view: View) -> Section | None:
    found = ranked(view)
    cards: list[Block | Card] = []
    if len(found) >= COMPARED:
        shown = min(_SHOWN, len(found) // 2)
        cards.append(Card(view.say("best_posts"), [_table(view, "best_posts", found[:shown])]))
        cards.append(Card(view.say("worst_posts"), [_table(view, "worst_posts", found[: -shown - 1 : -1])]))
        cards.append(Text(view.say("posts_method"), "soft"))
    elif found:
        cards.append(_table(view, "best_posts", found))
    margins = margins_of_posts(view.con, view.since, view.until, _MARGINS)
    if margins:
        cards.append(Card(view.say("post_margins"), [_margins(view, margins)]))
    return Section("posts", view.say("posts"), cards) if cards else None


def ranked(view: View) -> list[Row]:
    """Posts of the period with a rate, the best first: ``times`` its account's rate, and what is known of it."""
    return view.rows(
        """
        with recent as (
            select * from kpi.post
            where published_day between ? and ? and engagements is not null and impressions > 0
        ),
        usual as (
            select
                platform, account,
                sum(engagements) / nullif(sum(impressions), 0) as account_rate,
                median(impressions) as weight,
                count(*) as compared
            from recent group by all
        ),
        provisional as (
            select platform, account, min(day) as since from kpi.account_daily
            where not coalesce(is_final, false) group by all
        )
        select
            recent.*,
            account_rate,
            compared,
            recent.published_day >= coalesce(provisional.since, date '9999-12-31') as is_provisional,
            (engagements + weight * account_rate) / (impressions + weight) / nullif(account_rate, 0) as times
        from recent
        join usual using (platform, account)
        left join provisional using (platform, account)
        where published_day >= ? and deleted_at is null and account_rate > 0
        order by times desc, engagements desc, platform, post_id
        """,
        view.until - _LOOK_BACK,
        view.until,
        view.since,
    )


def name_of(view: View, post: Row) -> str:
    """What a reader may find a post by: its network, day and id; no platform gives us its title."""
    return f"{view.account(post['platform'], post['account'])} · {post['post_id']}"


def _table(view: View, caption: str, found: Sequence[Row]) -> Table:
    write = view.write
    columns = [
        *view.words("post", "published"),
        view.column("engagement_rate_by_impressions"),
        view.column("times_account", view.say("times_account")),
        view.column("engagements"),
        view.column("impressions"),
        *view.words("why"),
    ]
    cells: list[list[str | Cell]] = [
        [
            Cell(view.account(post["platform"], post["account"]), below=post["post_id"]),
            write.day(post["published_day"]),
            write.percent(post["engagement_rate_by_impressions"], 2),
            f"× {write.number(post['times'], 2)}",
            write.number(post["engagements"]),
            write.number(post["impressions"]),
            why(view, post),
        ]
        for post in found
    ]
    return Table(view.say(caption), columns, cells)


def why(view: View, post: Row) -> str:
    """Type, hour, tags and place among the account's posts: what may explain a rate, not what caused it."""
    known = []
    if post["type"]:
        known.append(view.kind_of_post(post["type"]))
    if (local := post["published_local"]) is not None:
        weekdays = view.say("weekdays").split("|")
        known.append(view.say("weekday_hour", weekday=weekdays[local.weekday()], hour=f"{local.hour:02d}"))
    known += [f"#{tag.lstrip('#')[:40]}" for tag in list(post["hashtags"] or ())[:_HASHTAGS]]
    if post["percentile"] is not None:
        known.append(view.say("better_than", percent=view.write.percent(post["percentile"] / 100, 0)))
    if post["is_provisional"]:
        known.append(view.say("provisional"))
    return " · ".join(known) or "–"


def _margins(view: View, found: Sequence[Row]) -> Table:
    write = view.write
    columns = [
        *view.words("post", "published"),
        *(view.column(name) for name in ("visits", "conversions", "revenue", "acquisition_cost", "gross_margin")),
    ]
    cells: list[list[str | Cell]] = [
        [
            Cell(row["platform"], below=row["post_id"]),
            write.day(row["published_day"]),
            write.number(row["visits"]),
            write.number(row["conversions"]),
            write.money(row["revenue"]),
            write.money(row["acquisition_cost"]),
            write.money(row["gross_margin"]),
        ]
        for row in found
    ]
    return Table(view.say("post_margins"), columns, cells)
