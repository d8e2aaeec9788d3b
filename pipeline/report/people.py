"""The team that answers, and the voices around the brand."""

from __future__ import annotations

from pipeline.report.blocks import Cell, Column, Section, Table, Text
from pipeline.report.view import View


def team_section(view: View) -> Section | None:
    """Sums of the period per member and network; a median of a period is not made from those of its days."""
    needed = ("member", "posts", "replies", "first_responses", "response_minutes_median", "unanswered_24h")
    if not view.has("kpi.team_daily", *needed):
        return None
    found = view.rows(
        """
        select
            member, platform, sum(posts) as posts, sum(replies) as replies, sum(first_responses) as first_responses,
            min(response_minutes_median) as fastest, max(response_minutes_median) as slowest,
            max(response_minutes_p90) as slowest_p90, sum(unanswered_24h) as unanswered_24h
        from kpi.team_daily where day between ? and ? group by all order by member, platform
        """,
        view.since,
        view.until,
    )
    if not found:
        return None
    write = view.write
    columns = [
        *view.words("member", "platform"),
        *(view.column(name) for name in ("posts", "replies", "first_responses")),
        view.column("response_minutes_median", view.say("median_of_days")),
        view.column("response_minutes_p90", view.say("slowest_p90")),
        view.column("unanswered_24h"),
    ]
    rows: list[list[str | Cell]] = [
        [
            # who is nobody by name is called so in the reader's language
            view.say("unattributed") if row["member"] == "unattributed" else row["member"],
            row["platform"] or "–",
            write.number(row["posts"]),
            write.number(row["replies"]),
            write.number(row["first_responses"]),
            view.between(row["fastest"], row["slowest"]),
            write.number(row["slowest_p90"]),
            write.number(row["unanswered_24h"]),
        ]
        for row in found
    ]
    table = Table(view.say("team"), columns, rows, headed=2)
    return Section("team", view.say("team"), [table, Text(view.say("team_note"), "soft")])


def voice_section(view: View) -> Section | None:
    """The own account beside those it is compared with: followers on the last day, posts and engagements summed."""
    needed = ("is_own", "followers", "followers_share", "posts_published_total", "engagements_total")
    if not view.has("kpi.share_of_voice", *needed):
        return None
    found = view.rows(
        """
        with accounts as (
            select
                platform, account, bool_or(is_own) as is_own,
                arg_max(followers, day) as followers, arg_max(followers_share, day) as followers_share,
                -- of the days of which everybody's are known: others would make somebody's share too large
                sum(posts_published) filter (where posts_published_total is not null) as posts,
                sum(engagements) filter (where engagements_total is not null) as engagements,
                sum(posts_published_total) as posts_total, sum(engagements_total) as engagements_total
            from kpi.share_of_voice where day between ? and ?
            group by platform, account
        )
        select
            *, posts / nullif(posts_total, 0) as posts_share,
            engagements / nullif(engagements_total, 0) as engagements_share
        from accounts order by platform, followers desc nulls last, account
        """,
        view.since,
        view.until,
    )
    if not found or not any(row["is_own"] for row in found) or all(row["is_own"] for row in found):
        return None
    write = view.write
    columns = [
        *view.words("account"),
        view.column("followers"),
        *view.words("followers_share"),
        *(Column(view.say(name), is_number=True) for name in ("posts_share", "engagements_share")),
    ]
    rows: list[list[str | Cell]] = [
        [
            Cell(
                view.account(row["platform"], row["account"]),
                tone="strong" if row["is_own"] else "",
                below=view.say("own") if row["is_own"] else None,
            ),
            write.number(row["followers"]),
            Cell(write.percent(row["followers_share"]), share=row["followers_share"]),
            _share(view, row["posts_share"], row["posts"]),
            _share(view, row["engagements_share"], row["engagements"]),
        ]
        for row in found
    ]
    table = Table(view.say("voice"), columns, rows)
    return Section("voice", view.say("voice"), [table, Text(view.say("voice_note"), "soft")])


def _share(view: View, share: float | None, count: object) -> Cell:
    return Cell(view.write.percent(share), below=None if count is None else view.write.number(count))
