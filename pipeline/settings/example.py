"""The settings file that a newcomer starts from: every key, with what it means and its default.

Keys that must be set stand open; keys with a default are commented out with that default. The
accounts' part is written from what the sources declare, so a new platform appears by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from pipeline.settings.declared import Declared
from pipeline.settings.example_alerts import EXAMPLE
from pipeline.settings.shape import (
    ACTIONS,
    FORECAST,
    Experiment,
    Forecasting,
    Periods,
    Schedule,
    Settings,
    Storage,
)

_SITE = "www.example.org"
# Measures a site, or may be the brand's voice there.
_OF_A_SITE = frozenset({"site", "shop", "inbox"})
_BESIDE_A_SITE = frozenset({"network", "affiliate", "newsletter"})
_ADDRESS = re.compile(r"https://[^\s),]+")

_HEAD = f"""\
# Settings of Vigie. Check them with: vigie doctor
# Secrets never stand here: "env:NAME" is read from the environment, "airflow:CONNECTION" is the
# password of an Airflow connection ("airflow:CONNECTION#login" its login, "#field" a field of its extra).
# A key that is commented out shows its default or an example.

brand = "Example"
reporting_currency = "EUR"
# The brand's zone: a night is one of its days.
time_zone = "Europe/Paris"
# Language of the report and the alerts: en or fr.
language = "en"
# Day on which the growth index is 100; without it, each account's first day.
#growth_base = 2026-01-01
# Whose holidays are no working days and no ordinary days: a code of ISO 3166, also of a part of the country
# ("FR-57", "US-CA"). Without it every day is as its weekday.
#country = "FR"
# How many days the first night of an account reads back.
#history_days = {Settings.history_days}
# True when the sources are played by `vigie simulate serve`: the report then says so first.
#simulated = false

# Relative paths start at this file. The landing may also be an object store, like "s3://bucket/landing".
[paths]
landing = "var/landing"
warehouse = "var/warehouse.duckdb"
publication = "var/published"
# Read budgets and rotating tokens; every machine that fetches must see the same folder.
#state = "var/state"

[privacy]
# A random secret of at least 16 characters. People who comment are stored as hashes made with it, so that two
# comments of one person can be told; without it nothing of a person is stored.
#person_key = "env:VIGIE_PERSON_KEY"

# What every step read and wrote, as OpenLineage events: by default into lineage/events.jsonl of the state folder.
[lineage]
#events = true
# A collector that is sent them too: Marquez, DataHub (its address ends in "/openapi/openlineage/"), any other.
#url = "http://127.0.0.1:5000"
#api_key = "env:VIGIE_LINEAGE_KEY"

[periods]
# The part of its days of which a metric must be known for a week, month or quarter to be compared with the one before
# and with that of a year before: 1 is all of them; 0.9 lets a month miss three days, whose numbers are then missing.
#complete = {Periods.complete}

[storage]
# Memory and threads of the warehouse; without threads, all cores.
#memory_limit = {json.dumps(Storage.memory_limit)}
#threads = 2
# Where large sorts spill; without it, beside the warehouse.
#temp_directory = "var/spill"
# How many publications are kept for a rollback.
#keep_generations = {Storage.keep_generations}

[schedule]
# When the night runs, in the brand's zone; once a day, after the platforms have closed theirs.
#cron = {json.dumps(Schedule.cron)}
# The first night that is scheduled.
#start = 2026-01-01
# New tries of a fetch while a platform is away, and the seconds between them.
#retries = {Schedule.retries}
#retry_delay = {Schedule.retry_delay}
# Seconds after which one account's fetch, and the whole night, are given up.
#fetch_timeout = {Schedule.fetch_timeout}
#night_timeout = {Schedule.night_timeout}
"""

_TAIL = f"""
# A site of the brand, measured by analytics and shops. Goal ids of its analytics are mapped to actions:
# {", ".join(ACTIONS)}.
[[sites]]
name = "{_SITE}"
#time_zone = "Europe/Paris"
#goals = {{ "1" = "quote_request", "2" = "newsletter_signup" }}
# Where a site has several analytics: the one that counts its visits, as "matomo" or "matomo:1".
analytics = "matomo"
# Where two sources tell of one action: the one that counts it. Without it a mapped goal does.
#counted_by = {{ quote_request = "matomo" }}

# A campaign is recognised in visits and orders by its utm_campaign.
#[[campaigns]]
#name = "autumn"
#utm_campaign = "autumn-2026"
#platform = "facebook"
#start = 2026-09-01
#end = 2026-10-31
# What a day of it costs, in the reporting currency.
#daily_cost = "40.00"
# What advertises it, where its name there is another: an advertising account then tells what it costs.
#ads = ["meta_ads:120210000000000001"]

# A budget cut into slices, declared before it starts: whatever changes later makes another experiment, which needs
# another name. Arms are campaigns or whole platforms, the control first.
#[[experiments]]
#name = "autumn or networks"
#start = 2026-09-01
#planned_end = 2026-09-28
#actions = ["sale"]
#arms = {{ control = ["linkedin"], other = ["youtube", "tiktok"] }}
# The least visits of an arm before anything is said of it, and the tolerated share of false winners.
#minimum_visits = {Experiment.minimum_visits}
#alpha = {Experiment.alpha}
# What was sliced: spend, or visits where visitors are dealt out at random; and the planned parts, if not equal.
#split = "{Experiment.split}"
#shares = {{ control = 1, other = 2 }}
# What may be spent in a night, and the least part of it that advice gives to an arm.
#budget = "400.00"
#floor = {Experiment.floor}
# The day that somebody stopped it, if anybody did.
#ended = 2026-09-21

# Costs that no platform tells (fees, influencers, events): a CSV file with the columns day (or from and to),
# platform, campaign, amount, currency, label. It is read every night.
[costs]
#file = "costs.csv"

# What the brand wants to reach: at_least, or at_most, of a metric (followers, engagements, visits, conversions,
# revenue, gross_margin, bounce_rate …) of an account, a platform, a site, or, where none is named, of all of them.
# By when: from start to end; or a period: "2026-12", "2026-Q4" or "2026" for one, "month", "quarter" or "year" for
# each of them.
#[[goals]]
#name = "50,000 followers by the end of the year"
#metric = "followers"
#platform = "facebook"
#account = "1"
#at_least = 50000
#start = 2026-01-01
#end = 2026-12-31
#[[goals]]
#name = "every quarter, 4 % of what is seen is answered"
#metric = "engagement_rate_by_impressions"
#at_least = "4 %"
#period = "quarter"
#[[goals]]
#name = "fewer people who turn round at the door"
#metric = "bounce_rate"
#site = "www.example.org"
#at_most = 0.4
#period = "2026-Q4"
# Amounts are in the reporting currency.
#[[goals]]
#name = "what the month leaves"
#metric = "gross_margin"
#at_least = "12000.00"
#period = "month"

[forecast]
# What is expected of the next 28 days, for every account and site; an empty list forecasts nothing.
#metrics = {json.dumps(list(FORECAST))}
# Platforms count young days for a while: so many of the newest teach nothing, unless they are final.
#settled_days = {Forecasting.settled_days}

[segments]
# Segments of the audience that the brand aims at, as the platform that tells whom it reached names them: women of that
# age; also "age.25-34", "gender.F", "country.FR" or "city.Nantes, Pays de la Loire". Age and gender go together; people
# of a country are of every age, so segments of two traits overlap and give no rate: keep to one of them.
#target = ["F.25-34"]

[team]
# When somebody is there to answer: how long a comment waits is counted in these hours alone, on no holiday of the
# country. Several hours of one day are several entries; hours past midnight are two.
#business_hours = ["09:00-18:00"]
#business_days = ["mon", "tue", "wed", "thu", "fri"]
# Without it, the brand's.
#time_zone = "Europe/Paris"
# Who writes for the brand: the names under which tables show them. authors are their ids or names as each platform (or
# account, like "wordpress:1") tells the authors of posts and answers; accounts those for which the member alone
# writes, where the platform names no author. What nobody is mapped to stays unattributed.
#[[team.members]]
#name = "Ada"
#authors = {{ wordpress = ["3"] }}
#accounts = ["mastodon", "linkedin:1"]

[conversions]
# What an action is worth where no order says so, in the reporting currency.
#values = {{ quote_request = "15.00", newsletter_signup = "2.50" }}
# What a day of unpaid work on the networks costs.
#organic_cost_per_day = "0.00"
# The part of the revenue of sales that the goods cost: gives the contribution margin.
#cost_of_goods = 0.45

{EXAMPLE}"""


def _asked(sources: Mapping[str, Declared]) -> dict[str, Declared]:
    """The sources that are asked every night; archives and exports are imported and need no account here."""
    return {name: source for name, source in sorted(sources.items()) if source.ORIGIN == "api"}


def example(sources: Mapping[str, Declared]) -> str:
    """A commented ``vigie.toml`` with one account of every platform, which ``read`` accepts.

    Its required secrets are ``VIGIE_<PLATFORM>_<CREDENTIAL>``.
    """
    accounts = [
        "",
        "# Accounts: one [[sources.<platform>]] table each; delete the platforms that you do not use.",
        "# receives_visits: of several accounts of one platform, the one to which visits to the sites are credited.",
        "# continues: the id, or the ids, that the platform gave the account before: their history goes on in it.",
        "# tracked: accounts of others, whose public numbers stand beside the brand's.",
        "# token_expires: the last day of a credential whose platform does not tell it; you are told 30, 7 and 1",
        "# days before.",
        *(line for platform, source in _asked(sources).items() for line in _account(platform, source)),
        "",
    ]
    return _HEAD + "\n".join(accounts) + _TAIL


def variables(sources: Mapping[str, Declared]) -> tuple[str, ...]:
    """The environment variables that the example needs."""
    return tuple(_variable(name, key) for name, source in _asked(sources).items() for key in source.CREDENTIALS)


def _account(platform: str, source: Declared) -> Iterator[str]:
    title = (source.__doc__ or platform).splitlines()[0]
    yield ""
    yield f"# {title}"
    # Where its credentials and permissions are explained.
    yield from (f"# {address}" for address in _ADDRESS.findall(source.__doc__ or "")[:1])
    yield f"[[sources.{platform}]]"
    yield 'id = "1"'
    yield '#name = "Example"'
    yield f'base = "https://{platform}.example.org"' if not source.BASE else f"#base = {json.dumps(source.BASE)}"
    own_zone = None if source.KIND == "network" else source.TIME_ZONE
    yield f"#time_zone = {json.dumps(own_zone or 'Europe/Paris')}"
    if source.KIND in _OF_A_SITE:
        yield f'site = "{_SITE}"'
    elif source.KIND in _BESIDE_A_SITE:
        yield f'#site = "{_SITE}"'
    if source.KIND == "network":
        yield "#receives_visits = true"
        yield '#continues = "0"'
    for key in source.CREDENTIALS:
        yield f'{key} = "env:{_variable(platform, key)}"'
    for key in source.OPTIONAL_CREDENTIALS:
        yield f'#{key} = "env:{_variable(platform, key)}"'
    if source.CREDENTIALS or source.OPTIONAL_CREDENTIALS:
        yield "#token_expires = 2027-01-15"
    for key, default in source.OPTIONS.items():
        yield f"#{key} = {_default(default)}"


def _variable(platform: str, key: str) -> str:
    return f"VIGIE_{platform}_{key}".upper()


def _default(value: object) -> str:
    """A default as TOML. A text without a default gets an example, since a blank is refused."""
    if isinstance(value, (bool, int, float)):
        return str(value).lower()
    if isinstance(value, (list, tuple, set, frozenset)):
        return json.dumps(sorted(map(str, value)))
    return json.dumps(str(value) if value not in (None, "") else "example", ensure_ascii=False)
