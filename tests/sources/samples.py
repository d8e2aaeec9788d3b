"""Recorded and documented answers of the platforms, where they lie beside the project; tests skip elsewhere."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "samples"
# What lies there for a platform of the project and is no answer to anything that its source asks.
NOT_ASKED = {
    "facebook_pages/facebook_apidata_likes_likes_resp.json": "reactions are counted with their post, not listed",
    "facebook_pages/facebook_apidata_users_user_accounts_p1.json": "a page is read by its own token, not by a user's",
    "facebook_pages/facebook_apidata_users_user_accounts_p2.json": "a page is read by its own token, not by a user's",
    "instagram/pyfb_medias_children.json": "the pictures of an album have no numbers of their own",
    "instagram/pyfb_medias_insights_new.json": "actions on the profile are read by day, not by post",
    "linkedin/linkedin-getorganizationacls-example.json": "who may do what on the page is not asked",
    "linkedin/linkedin-marketing-community-find-administered-organization-brands-response200-example.json": (
        "brands below an organization are pages of their own in the settings"
    ),
    "matomo/observed_actions_by_day.json": "single pages of the site are not read",
    "wordpress/wordpress-rs_stats_referrers_no-summary-01.json": "where readers came from is told by the analytics",
    "wordpress/wordpress-rs_stats_summary_response-01.json": "the overview of a site: its parts are asked one by one",
    "x/pytwitter_tweet_tweet_resp.json": "a post is asked for with others, by a list of ids",
    "x/pytwitter_usage_usage_tweets_resp.json": "the read budget is kept by what was read, which needs no request",
    "x/pytwitter_user_followers_resp.json": "followers are counted, not listed",
    "youtube/search_search_videos_by_channel.json": "a search costs a hundred times what the list of uploads costs",
}
# Folders whose name is not the platform's, and platforms that have no source here.
PLATFORMS = {"facebook_pages": "facebook"}
NO_SOURCE = {"affiliate"}


def sample(name: str) -> Any:
    """The document of ``x/….json``. Skips the test where the folder is absent."""
    if not FOLDER.is_dir():
        pytest.skip("the recorded answers are not beside the project")
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def present() -> set[str]:
    """Every sample that lies there."""
    return {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.json")}


def named_in_tests() -> set[str]:
    """Every text in the tests of the sources that could be the name of a sample."""
    found = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        found |= {text for text in texts if isinstance(text, str)}
    return found
