"""What the suite of TikTok's costs must catch, and what it must let pass."""

from __future__ import annotations

from tests.quality.planted_costs import Costs

PLANTED, LEGAL = Costs("tiktok_ads").planted, Costs("tiktok_ads").legal
