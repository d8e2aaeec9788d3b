"""The ``[[goals]]`` of the settings: which metric is to reach what, of whom, and by when.

What has no sum over days (reach, visitors) or none over accounts (followers) is refused, with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from pipeline.settings import rules
from pipeline.settings.findings import shown
from pipeline.settings.shape import Account, Goal, Site
from pipeline.settings.table import Table, near

PERIODS: Final = ("month", "quarter", "year")
_COMPARED: Final = ("at_least", "at_most")
_FIXED: Final = re.compile(r"(?P<year>20[0-9]{2})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])))?")
_LONGEST: Final = 1827


@dataclass(frozen=True)
class Whose:
    """Whose goals there can be. ``platforms``: those that money is known of."""

    accounts: Collection[Account]
    sites: Collection[Site]
    platforms: Collection[str]
    currency: str


@dataclass(frozen=True)
class Metric:
    """How a metric is counted over a period. ``places``: the one without a platform first."""

    places: tuple[str, ...]
    counted: str
    divided_by: str | None = None
    is_share: bool = False
    can_fall: bool = False
    is_money: bool = False

    @property
    def kind(self) -> str:
        if self.divided_by:
            return "ratio"
        return "level" if self.counted == "followers" else "sum"


_ACCOUNT: Final = ("account",)
_SITE: Final = ("site",)
_MONEY: Final = ("money",)
_BOTH: Final = ("site", "account")
_COUNTS: Final = ("impressions", "reactions", "comments", "shares", "clicks", "saves", "engagements", "posts_published")
METRICS: Final[Mapping[str, Metric]] = {
    "followers": Metric(_ACCOUNT, "followers"),
    "followers_gained": Metric(_ACCOUNT, "followers_gained"),
    "followers_net": Metric(_ACCOUNT, "followers_net", can_fall=True),
    **{name: Metric(_ACCOUNT, name) for name in _COUNTS},
    "engagement_rate_by_impressions": Metric(_ACCOUNT, "engagements", "impressions", is_share=True),
    "click_through_rate": Metric(_ACCOUNT, "clicks", "impressions", is_share=True),
    "visits": Metric(_BOTH, "visits"),
    "conversions": Metric(_BOTH, "conversions"),
    "conversion_rate": Metric(_BOTH, "conversions", "visits", is_share=True),
    **{name: Metric(_SITE, name) for name in ("engaged_visits", "page_views", "visits_from_networks")},
    "bounce_rate": Metric(_SITE, "bounces", "visits", is_share=True),
    "network_share": Metric(_SITE, "visits_from_networks", "visits", is_share=True),
    "seconds_per_visit": Metric(_SITE, "visit_seconds", "visits"),
    "revenue": Metric(_MONEY, "revenue", is_money=True),
    "acquisition_cost": Metric(_MONEY, "acquisition_cost", is_money=True),
    "gross_margin": Metric(_MONEY, "gross_margin", can_fall=True, is_money=True),
    "contribution_margin": Metric(_MONEY, "contribution_margin", can_fall=True, is_money=True),
    "average_basket": Metric(_MONEY, "revenue", "conversions", is_money=True),
    "return_on_ad_spend": Metric(_MONEY, "revenue", "acquisition_cost"),
}
# What somebody may well want, and what of it can be told of a period.
_INSTEAD: Final = {
    **dict.fromkeys(("reach", "reach_1d", "reach_7d", "reach_28d"), "impressions"),
    **dict.fromkeys(
        ("engagement_rate", "engagement_rate_by_reach", "engagement_rate_by_followers"),
        "engagement_rate_by_impressions",
    ),
    "visitors": "visits",
}


def goals(tables: Sequence[Table], whose: Whose) -> tuple[Goal, ...]:
    """What each ``[[goals]]`` table declares; the faulty ones are told and left out."""
    found, seen = [], set[str]()
    for table in tables:
        one = _goal(table, whose)
        if one is not None and one.name.casefold() in seen:
            table.fault("name", "another of the [[goals]] has the same name")
        elif one is not None:
            seen.add(one.name.casefold())
            found.append(one)
    return tuple(found)


def _goal(table: Table, whose: Whose) -> Goal | None:
    before = len(table.findings)
    name, metric = table.text("name"), table.text("metric", _metric)
    platform, account, site = (table.optional_text(key) for key in ("platform", "account", "site"))
    told = METRICS.get(metric, Metric(_ACCOUNT, metric))
    comparison, target = _target(table, metric, told)
    period, start, end = _period(table)
    currency = table.optional_text("currency")
    if currency and (currency != whose.currency or not told.is_money):
        table.fault("currency", f"every amount is in {whose.currency}: write the target in it and leave this out")
    if metric:
        _check_whose(table, metric, told, whose)
    table.done()
    if len(table.findings) > before:
        return None
    return Goal(
        name=name,
        metric=metric,
        kind=told.kind,
        place=told.places[-1 if platform else 0],
        counted=told.counted,
        divided_by=told.divided_by,
        comparison=comparison,
        target=target,
        platform=platform,
        account=account,
        site=site,
        period=period,
        start=start,
        end=end,
        can_fall=told.can_fall,
        is_money=told.is_money,
    )


def _metric(name: str) -> str | None:
    if name in METRICS:
        return None
    if name in _INSTEAD:
        return f"{shown(name)} of several days is not the sum of its days: write {shown(_INSTEAD[name])}"
    return f"{shown(name)} is no metric that a goal can have" + near(name, METRICS)


def _target(table: Table, metric: str, told: Metric) -> tuple[str, Decimal]:
    """What the value is compared with, and how."""
    given = [key for key in _COMPARED if table.has(key)]
    targets = {key: table.number(key) for key in _COMPARED}
    if len(given) != 1:
        said = (
            "is missing: say what is to be reached" if not given else "stands beside at_most: only one of them can be"
        )
        table.fault("at_least", said + ', like at_least = 50000 or at_most = "4 %"')
        return _COMPARED[0], Decimal(1)
    (key,) = given
    target = targets[key] or Decimal(1)
    if told.is_share and target > 1:
        table.fault(key, f'{target:f} is no share: write "{target:f} %" or {target / 100:f}')
    elif told.kind != "ratio" and not told.is_money and target != int(target):
        table.fault(key, f"{metric} are counted: write a whole number")
    if told.kind == "level" and key == "at_most":
        table.fault(key, f"{metric} are a level that is reached: write at_least")
    return key, target


def _period(table: Table) -> tuple[str | None, date | None, date | None]:
    """(each month, quarter or year, or None; first day; last day)."""
    text = table.optional_text("period")
    start, end = table.day("start"), table.day("end")
    if text is None:
        for key in ("start", "end"):
            if not table.has(key) and not table.has("period"):
                table.fault(key, 'is missing: write both days, or a period like "2026-12", "2026-Q4" or "month"')
    elif text not in PERIODS:
        return None, *_fixed(table, text)
    if start and end and end < start:
        table.fault("end", f"{end} is before the start, {start}")
    elif start and end and text is None and (end - start).days >= _LONGEST:
        table.fault("end", "is more than five years after the start: set a nearer goal on the way")
    return text, start, end


def _fixed(table: Table, text: str) -> tuple[date | None, date | None]:
    """The first and last day of ``2026``, ``2026-Q4`` or ``2026-12``."""
    found = _FIXED.fullmatch(text)
    if found is None:
        table.fault("period", f'{shown(text)} is no period: write "2026-12", "2026-Q4", "2026", or {_listed(PERIODS)}')
        return None, None
    for key in ("start", "end"):
        if table.has(key):
            table.fault(key, f"the period {text} says its days itself: leave this out, or the period")
    year, quarter = int(found["year"]), int(found["quarter"] or 0)
    first, months = (3 * quarter - 2, 3) if quarter else (int(found["month"] or 1), 1 if found["month"] else 12)
    following = date(year + (first + months) // 13, (first + months - 1) % 12 + 1, 1)
    return date(year, first, 1), following - timedelta(days=1)


def _check_whose(table: Table, metric: str, told: Metric, whose: Whose) -> None:
    """Whether what the goal names exists, and is known by those whom it names."""
    platform, account, site = (table.values.get(key) for key in ("platform", "account", "site"))
    if site is not None:
        if "site" not in told.places or platform is not None or account is not None:
            by = "of networks: leave the site out" if "site" not in told.places else "either of a site or of a platform"
            table.fault("site", f"{metric} are known {by}")
        else:
            table.optional_text("site", rules.one_of("a site of the settings", [each.name for each in whose.sites]))
        return
    if platform is None:
        if account is not None:
            table.fault("platform", "is missing: an account is known by its platform and its id")
        elif told.kind == "level":
            table.fault("platform", f"is missing: {metric} of several networks are not added up, as some are in both")
        return
    if told.places == _SITE:
        table.fault("platform", f"{metric} are known of sites: name a site, or none for all of them")
    elif told.places == _MONEY:
        table.optional_text("platform", rules.one_of("a platform that money is known of", whose.platforms))
        if account is not None:
            table.fault("account", f"{metric} is known of platforms and of the whole brand: leave the account out")
    else:
        _check_account(table, metric, told, whose)


def _check_account(table: Table, metric: str, told: Metric, whose: Whose) -> None:
    platform = table.optional_text(
        "platform", rules.one_of("a platform with an account", {each.platform for each in whose.accounts})
    )
    own = [each.id for each in whose.accounts if each.platform == platform]
    if platform and table.has("account"):
        table.optional_text("account", rules.one_of(f"the id of an account of {platform}", own))
    elif len(own) > 1 and told.kind == "level":
        table.fault("account", f"is missing: {metric} of several accounts are not added up; name one of {_listed(own)}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(shown(name) for name in names)
