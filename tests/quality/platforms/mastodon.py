"""What the suites of Mastodon must catch, and what they must let pass."""

from __future__ import annotations

from tests.quality.planted_levels import legal, planted

PLANTED = planted("mastodon", "atelier", ("reactions", "comments", "shares"))
LEGAL = legal("mastodon")
