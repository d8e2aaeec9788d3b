"""What the suites of Bluesky must catch, and what they must let pass."""

from __future__ import annotations

from tests.quality.planted_levels import legal, planted

PLANTED = planted("bluesky", "atelier.example", ("reactions", "comments", "shares", "saves"))
LEGAL = legal("bluesky")
