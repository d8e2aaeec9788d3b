"""From being reached to acting, and what it brought: the funnel and the margins of the period."""

from __future__ import annotations

from pipeline.report.blocks import Cell, Section, Table, Text
from pipeline.report.money import funnel, margins
from pipeline.report.view import View

_SHOWN = 12


def funnel_section(view: View) -> Section | None:
    found = funnel(view.con, view.since, view.until, None, None)
    if not found:
        return None
    write = view.write
    widest = max((float(row["count"]) for row in found if row["count"]), default=1.0)
    columns = [
        *view.words("step"),
        view.column("step_count", view.say("count")),
        view.column("step_rate", view.say("of_before")),
        *view.words("drawn"),
    ]
    rows: list[list[str | Cell]] = [
        [
            view.say(row["step"]),
            view.between(row["at_least"], row["at_most"]) if row["step"] == "reach" else write.number(row["count"]),
            write.percent(row["rate"], 2),
            Cell("", share=float(row["count"]) / widest if row["count"] else None),
        ]
        for row in found
    ]
    table = Table(view.say("funnel"), columns, rows)
    return Section("funnel", view.say("funnel"), [table, Text(view.say("known_days_alone"), "soft")])


def margin_section(view: View) -> Section | None:
    """Per campaign, what visits brought, cost and left; the campaigns that left most."""
    found = margins(view.con, "campaign", view.since, view.until)[:_SHOWN]
    if not found:
        return None
    write = view.write
    numbers = ("visits", "conversions", "conversion_rate", "average_basket", "revenue", "acquisition_cost")
    columns = [
        *view.words("platform", "campaign"),
        *(view.column(name) for name in (*numbers, "gross_margin")),
        view.column("margin_per_cost", view.say("margin_per_cost", currency=view.currency)),
    ]
    rows: list[list[str | Cell]] = [
        [
            view.say(row["platform"]),
            row["campaign"] or "–",
            write.number(row["visits"]),
            write.number(row["conversions"]),
            write.percent(row["conversion_rate"], 2),
            write.money(row["average_basket"]),
            write.money(row["revenue"]),
            write.money(row["acquisition_cost"]),
            write.money(row["gross_margin"]),
            write.number(row["margin_per_cost"], 2),
        ]
        for row in found
    ]
    blocks: list[Table | Text] = [Table(view.say("margins"), columns, rows, headed=2)]
    if any(row["days_with_margin"] < row["days"] for row in found):
        blocks.append(Text(view.say("margin_days"), "soft"))
    return Section("margin", view.say("margins"), blocks)
