"""The settings with which the pipeline reads the simulated brand, and the secrets that they name."""

from __future__ import annotations

import json
from datetime import date

from pipeline.simulator import brand
from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.credentials import ENVIRONMENT, WORDPRESS
from pipeline.simulator.world import LAST_NIGHT
from pipeline.simulator.world.calendar import Calendar

SMALL_PAGE = "104002"


def environment() -> dict[str, str]:
    """The environment variables that ``settings_toml`` refers to. None of them is a real secret."""
    return dict(ENVIRONMENT)


def settings_toml(base_url: str, *, last_night: date = LAST_NIGHT) -> str:
    """A complete ``vigie.toml`` for the demonstration brand, read from a simulator at ``base_url``."""
    base = base_url.rstrip("/")
    parts = [_head(), *(_account(account, base) for account in brand.ACCOUNTS), _site()]
    parts += _campaigns(Calendar(1, last_night))
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
history_days = {brand.HISTORY_DAYS}
simulated = true

[paths]
landing = "var/landing"
warehouse = "var/warehouse.duckdb"
publication = "var/published"
"""


def _account(account: BrandAccount, base: str) -> str:
    lines = [
        f"[[sources.{account.platform}]]",
        f"id = {_text(account.id)}",
        f"name = {_text(account.name)}",
        f"time_zone = {_text(account.time_zone)}",
    ]
    if account.site:
        lines.append(f"site = {_text(account.site)}")
    if account.receives_visits:
        lines.append("receives_visits = true")
    own = {
        "facebook": _facebook,
        "matomo": _matomo,
        "woocommerce": _woocommerce,
        "wordpress": _wordpress,
    }[account.platform]
    return "\n".join([*lines, *own(account, base), ""])


def _facebook(account: BrandAccount, base: str) -> list[str]:
    small = "SMALL_" if account.id == SMALL_PAGE else ""
    return [f'base = "{base}/facebook/v26.0"', f'token = "env:VIGIE_SIM_FACEBOOK_{small}TOKEN"']


def _matomo(account: BrandAccount, base: str) -> list[str]:
    del account
    return [f'base = "{base}/matomo"', 'token = "env:VIGIE_SIM_MATOMO_TOKEN"']


def _woocommerce(account: BrandAccount, base: str) -> list[str]:
    del account
    return [
        f'base = "{base}/woocommerce"',
        'key = "env:VIGIE_SIM_WOOCOMMERCE_KEY"',
        'secret = "env:VIGIE_SIM_WOOCOMMERCE_SECRET"',
    ]


def _wordpress(account: BrandAccount, base: str) -> list[str]:
    return [
        f'base = "{base}/wordpress"',
        'rest = "plain"',
        f"user = {_text(WORDPRESS[0])}",
        'password = "env:VIGIE_SIM_WORDPRESS_PASSWORD"',
        'stats_token = "env:VIGIE_SIM_WORDPRESS_STATS_TOKEN"',
        f"stats_site = {_text(f'{account.id}.atelier-marin.example')}",
        f'stats_base = "{base}/wpcom"',
    ]


def _site() -> str:
    goals = ", ".join(f"{_text(goal)} = {_text(action)}" for goal, action in brand.GOALS.items())
    return f"""\
[[sites]]
name = {_text(brand.SITE)}
time_zone = {_text(brand.TIME_ZONE)}
goals = {{ {goals} }}
"""


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
