"""``vigie.toml`` and the environment, read once into frozen settings; secrets by reference only.

``read`` checks everything that can be checked without a request: unknown and missing keys, types,
time zones, duplicated accounts, references to secrets that do not resolve. It collects every
finding, each with its key and line, into one error. A secret is held by a ``Secret`` that never
shows its value.
"""

from __future__ import annotations

from pipeline.settings.alerting import RULES, SEVERITIES, Alerts, Channel, Rule
from pipeline.settings.counting import analytics_of
from pipeline.settings.example import example, variables
from pipeline.settings.findings import Finding, SettingsError
from pipeline.settings.outline import Outline, read_outline
from pipeline.settings.reader import read
from pipeline.settings.rules import segment_dimension
from pipeline.settings.sections import NETWORKS
from pipeline.settings.shape import (
    ACTIONS,
    LANGUAGES,
    WEEKDAYS,
    Account,
    Campaign,
    Conversions,
    Experiment,
    Forecasting,
    Goal,
    Lineage,
    Member,
    Paths,
    Privacy,
    Schedule,
    Settings,
    Site,
    Storage,
    Team,
)
from pipeline.settings.team import authors_of
from pipeline.settings.values import Secret

__all__ = [
    "ACTIONS",
    "LANGUAGES",
    "NETWORKS",
    "RULES",
    "SEVERITIES",
    "WEEKDAYS",
    "Account",
    "Alerts",
    "Campaign",
    "Channel",
    "Conversions",
    "Experiment",
    "Finding",
    "Forecasting",
    "Goal",
    "Lineage",
    "Member",
    "Outline",
    "Paths",
    "Privacy",
    "Rule",
    "Schedule",
    "Secret",
    "Settings",
    "SettingsError",
    "Site",
    "Storage",
    "Team",
    "analytics_of",
    "authors_of",
    "example",
    "read",
    "read_outline",
    "segment_dimension",
    "variables",
]
