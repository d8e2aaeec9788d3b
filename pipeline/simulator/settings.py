"""The settings with which the pipeline reads the simulated brand, and the secrets that they name."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date

from pipeline.simulator import brand
from pipeline.simulator.brand import BrandAccount, BrandGoal
from pipeline.simulator.copies import settings as copied
from pipeline.simulator.platforms import DEMONSTRATED, ENVIRONMENT, accounts
from pipeline.simulator.truth.platforms import platform
from pipeline.simulator.world import LAST_NIGHT
from pipeline.simulator.world.calendar import Calendar


def environment() -> dict[str, str]:
    """The environment variables that ``settings_toml`` refers to. None of them is a real secret."""
    return {"VIGIE_SIM_PERSON_KEY": "sim-person-key-not-a-secret", **ENVIRONMENT}


def settings_toml(
    base_url: str,
    *,
    last_night: date = LAST_NIGHT,
    platforms: Collection[str] = DEMONSTRATED,
    copies: int = 0,
) -> str:
    """A complete ``vigie.toml`` for the simulated brand on these platforms, played at ``base_url``.

    ``copies`` of every account are added to it, whose secrets are those of ``copies.environment``.
    """
    wanted = {account.platform for account in accounts(platforms)}
    found = [each for each in copied(base_url.rstrip("/"), copies) if each[0].platform in wanted]
    analytics = [account for account, _ in found if platform(account.platform).KIND == "site"]
    parts = [
        _head(),
        *(_account(account, own) for account, own in found),
        _site(brand.SITE, brand.TIME_ZONE, brand.GOALS, analytics),
    ]
    goals = brand.goals_abroad(account for account, _ in found)
    for name, zone in brand.sites_abroad(account for account, _ in found).items():
        parts.append(_site(name, zone, goals.get(name, {}), analytics))
    parts += _campaigns(Calendar(1, last_night))
    parts.append(f"[segments]\ntarget = [{', '.join(map(_text, brand.TARGETS))}]\n")
    parts.append(_team(wanted))
    parts += [_goal(goal) for goal in brand.pursued(Calendar(1, last_night), [account for account, _ in found])]
    values = ", ".join(f"{action} = {_text(str(value))}" for action, value in brand.VALUES.items())
    parts.append(
        f"[conversions]\nvalues = {{ {values} }}\norganic_cost_per_day = {_text(str(brand.ORGANIC_COST_PER_DAY))}\n"
    )
    return "\n".join(parts)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _head() -> str:
    return f"""\
# The demonstration brand. Every platform below is played by a simulator: these are not real numbers.

brand = {_text(brand.BRAND)}
reporting_currency = {_text(brand.REPORTING_CURRENCY)}
time_zone = {_text(brand.TIME_ZONE)}
language = {_text(brand.LANGUAGE)}
country = {_text(brand.COUNTRY)}
history_days = {brand.HISTORY_DAYS}
simulated = true

[privacy]
person_key = "env:VIGIE_SIM_PERSON_KEY"

[paths]
landing = "var/landing"
warehouse = "var/warehouse.duckdb"
publication = "var/published"
"""


def _account(account: BrandAccount, own: list[str]) -> str:
    lines = [
        f"[[sources.{account.platform}]]",
        f"id = {_text(account.id)}",
        f"name = {_text(account.name)}",
        f"time_zone = {_text(brand.TIME_ZONE if platform(account.platform).KIND == 'network' else account.time_zone)}",
    ]
    if account.site:
        lines.append(f"site = {_text(account.site)}")
    if account.receives_visits:
        lines.append("receives_visits = true")
    return "\n".join([*lines, *own, ""])


def _site(name: str, zone: str, goals: Mapping[str, str], analytics: Collection[BrandAccount]) -> str:
    lines = ["[[sites]]", f"name = {_text(name)}", f"time_zone = {_text(zone)}"]
    if goals:
        pairs = ", ".join(f"{_text(goal)} = {_text(action)}" for goal, action in goals.items())
        lines.append(f"goals = {{ {pairs} }}")
    own = [f"{account.platform}:{account.id}" for account in analytics if account.site == name]
    if len(own) > 1:
        # Copies of an account measure the same site: the brand's own one counts.
        lines.append(f"analytics = {_text(own[0])}")
    return "\n".join([*lines, ""])


def _team(platforms: Collection[str]) -> str:
    """When the team works, and who of it writes on these platforms."""
    hours = ", ".join(_text("-".join(f"{m // 60:02}:{m % 60:02}" for m in each)) for each in brand.BUSINESS_HOURS)
    days = ", ".join(_text(day) for day in brand.BUSINESS_DAYS)
    lines = ["[team]", f"business_hours = [{hours}]", f"business_days = [{days}]"]
    for name in sorted({*brand.AUTHORS.values(), *brand.WRITERS.values()}):
        authors = [
            f"{on} = [{_text(of)}]" for (on, of), who in brand.AUTHORS.items() if who == name and on in platforms
        ]
        alone = [_text(on) for on, who in brand.WRITERS.items() if who == name and on in platforms]
        lines += ["", "[[team.members]]", f"name = {_text(name)}"]
        lines += [f"authors = {{ {', '.join(authors)} }}"] if authors else []
        lines += [f"accounts = [{', '.join(alone)}]"] if alone else []
    return "\n".join([*lines, ""])


def _campaigns(calendar: Calendar) -> list[str]:
    told = []
    for campaign in brand.campaigns(calendar):
        lines = [
            "[[campaigns]]",
            f"name = {_text(campaign.name)}",
            f"utm_campaign = {_text(campaign.utm_campaign)}",
            f"platform = {_text(campaign.platform)}",
            f"start = {campaign.start}",
            f"end = {campaign.end}",
        ]
        if campaign.daily_cost is not None:
            lines.append(f"daily_cost = {_text(str(campaign.daily_cost))}")
        told.append("\n".join([*lines, ""]))
    return told


def _goal(goal: BrandGoal) -> str:
    whose = {"platform": goal.platform, "account": goal.account, "site": goal.site}
    return "\n".join(
        [
            "[[goals]]",
            f"name = {_text(goal.name)}",
            f"metric = {_text(goal.metric)}",
            *(f"{name} = {_text(value)}" for name, value in whose.items() if value),
            f"at_least = {goal.target}",
            *([f"start = {goal.start}", f"end = {goal.end}"] if goal.start else ['period = "month"']),
            "",
        ]
    )
