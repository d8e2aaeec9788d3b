"""The first thing a director reads: what came out, and how that stands against before."""

from __future__ import annotations

from pipeline.report.blocks import Block, Fact, Facts, Section, Text
from pipeline.report.comparing import Compared, Then, network_figures, site_figures
from pipeline.report.view import View

_MONEY = ("revenue", "acquisition_cost", "gross_margin")
_SITES = ("visits", "visits_from_networks", "conversions", *_MONEY)
_NETWORKS = ("posts_published", "impressions", "engagements", "engagement_rate_by_impressions")


def figures(view: View) -> dict[str, Compared]:
    """Everything that may stand at the head of the page, by name."""
    found = site_figures(view.con, view.period, view.night, view.complete)
    if view.has("kpi.account_daily", "engagements"):
        found |= network_figures(view.con, view.period, view.complete)
    return found


def section(view: View, found: dict[str, Compared], things: Block | None, goals: Block | None) -> Section:
    """Three things to know, the goals, then money, visits and what the networks did, each beside before."""
    blocks: list[Block] = []
    if view.until < view.period.until:
        known = (view.until - view.since).days + 1
        blocks.append(Text(view.say("not_over", known=known, days=view.period.days, day=view.write.day(view.until))))
    shown = [
        name for name in (*_SITES, *_NETWORKS) if name in found and (name in _SITES or found[name].now is not None)
    ]
    facts = [_fact(view, name, found) for name in shown]
    blocks += [Text(view.say("things"), "strong"), things] if things else []
    blocks += [goals] if goals else []
    blocks += [Facts(facts, large=True), Text(view.say("absent"), "soft")]
    return Section("summary", view.say("summary"), blocks)


def _fact(view: View, name: str, figures: dict[str, Compared]) -> Fact:
    found = figures[name]
    notes = [_against(view, name, found.before, "before")]
    if found.year_before is not None:
        notes.append(_against(view, name, found.year_before, "year_before"))
    if name == "gross_margin":
        # A margin says of what revenue it is, where that is not all of it.
        whole, part = figures["revenue"].now, figures["margin_revenue"].now
        notes += [] if part in (None, whole) else [view.say("margin_of", revenue=view.write.money(part))]
    return view.fact(name, written(view, name, found.now), *notes)


def _against(view: View, name: str, then: Then | None, when: str) -> str:
    if then is None or then.value is None:
        return view.say(f"{when}_unknown")
    told = view.say(when, value=written(view, name, then.value))
    if then.compared < then.of:
        told += " " + view.say("of_accounts", compared=then.compared, of=then.of)
    if then.change is None:
        return told
    arrow = "▲" if then.change > 0 else "▼" if then.change < 0 else "="
    return f"{arrow} {view.write.signed(view.write.percent(then.change))} · {told}"


def written(view: View, name: str, value: object) -> str:
    """A value as its unit is written: money without cents where there is much of it."""
    if name in _MONEY:
        return view.write.money(value, 0 if value is not None and abs(float(str(value))) >= 10_000 else 2)
    return view.write.percent(value, 2) if "rate" in name else view.write.number(value)
