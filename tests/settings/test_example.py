"""The example that vigie init writes shows every key, and is right as it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace

from pipeline.settings import (
    RULES,
    Alerts,
    Campaign,
    Channel,
    Forecasting,
    Rule,
    Schedule,
    Settings,
    Site,
    Storage,
    example,
    variables,
)
from pipeline.streams import Source

Reader = Callable[..., Settings]


def opened(text: str) -> str:
    """The example with every commented-out key in force."""
    return re.sub(r"(?m)^#(?=[a-z_]+ = |\[\[|\[alerts)", "", text)


def asked(known: Mapping[str, Source]) -> dict[str, Source]:
    """The platforms that are asked every night; the others are read from files and have no account."""
    return {name: source for name, source in known.items() if source.ORIGIN == "api"}


def test_the_example_is_accepted_with_its_variables_set(known: Mapping[str, Source], read_text: Reader) -> None:
    settings = read_text(example(known), dict.fromkeys(variables(known), "canary"))
    assert {account.platform for account in settings.accounts} == set(asked(known))


def test_the_defaults_that_the_example_shows_are_the_defaults(known: Mapping[str, Source], read_text: Reader) -> None:
    environment = dict.fromkeys(variables(known), "canary")
    text = re.sub(r"(?m)^#(?=(memory_limit|keep_generations|cron|retries|retry_delay|fetch_timeout|night_timeout"
                  r"|timeout|history_days|metrics|settled_days) = )", "", example(known))  # fmt: skip
    shown = read_text(text, environment)
    plain = read_text(example(known), environment)
    assert (shown.storage, shown.schedule, shown.history_days) == (plain.storage, plain.schedule, plain.history_days)
    assert (shown.alerts, plain.alerts) == (Alerts(), Alerts())
    assert (shown.forecast, plain.forecast) == (Forecasting(), Forecasting())


def test_the_example_is_accepted_with_every_key_in_force(known: Mapping[str, Source], read_text: Reader) -> None:
    text = opened(example(known))
    names = {*re.findall(r'"env:([A-Z0-9_]+)"', text)}
    settings = read_text(text, dict.fromkeys(names, "https://canary.example.org"))
    assert settings.campaigns
    assert [channel.name for channel in settings.alerts.channels] == ["chat", "mail"]
    assert settings.alerts.channels[0].quiet_hours == ((22 * 60, 7 * 60),)
    # Every rule stands there, with its defaults; one shows the keys that all of them take.
    for name, default in RULES.items():
        found = settings.alerts.rules[name]
        assert replace(found, owner=None, channels=()) == default


def test_the_example_shows_every_key(known: Mapping[str, Source]) -> None:
    shown = tomllib.loads(opened(example(known)))
    assert set(shown["storage"]) == {field.name for field in fields(Storage)}
    assert set(shown["schedule"]) == {field.name for field in fields(Schedule)}
    assert set(shown["forecast"]) == {field.name for field in fields(Forecasting)}
    assert set(shown["alerts"]) == {field.name for field in fields(Alerts)}
    assert set(shown["alerts"]["channels"][0]) == {field.name for field in fields(Channel)}
    assert set(shown["alerts"]["rules"]) == set(RULES)
    keys = {key for rule in shown["alerts"]["rules"].values() for key in rule}
    assert keys == {field.name for field in fields(Rule)} - {"thresholds"} | {
        threshold for rule in RULES.values() for threshold in rule.thresholds
    }
    assert set(shown["campaigns"][0]) == {field.name for field in fields(Campaign)}
    assert set(shown["sites"][0]) == {field.name for field in fields(Site)}
    assert {field.name for field in fields(Settings)} - set(shown) == {"file", "accounts"}
    for name, source in asked(known).items():
        own = {*source.CREDENTIALS, *source.OPTIONAL_CREDENTIALS, *source.OPTIONS}
        assert own <= set(shown["sources"][name][0])
