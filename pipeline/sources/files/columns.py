"""The columns that an export may bring: ours, as the staging contracts name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Kind = Literal["days", "posts"]

ACCOUNT_METRICS: Final = (
    "followers",
    "followers_gained",
    "followers_lost",
    "reach_1d",
    "reach_7d",
    "reach_28d",
    "impressions",
    "reactions",
    "comments",
    "shares",
    "clicks",
    "saves",
    "engagements_reported",
    "video_views",
    "profile_views",
)
POST_METRICS: Final = ("impressions", "reach", "reactions", "comments", "shares", "clicks", "saves", "video_views")
POST_TEXTS: Final = ("post_id", "type", "text", "link", "campaign")
METRICS: Final[Mapping[str, tuple[str, ...]]] = {"days": ACCOUNT_METRICS, "posts": POST_METRICS}
# Columns that are no metric: what names the row, and what a row may be chosen by.
OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "days": ("day", "account", "value"),
    "posts": ("published", "account", "period", *POST_TEXTS),
}
# Without these a row cannot be placed.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {"days": ("day",), "posts": ("post_id", "published")}
