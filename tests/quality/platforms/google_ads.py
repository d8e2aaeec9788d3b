"""What the suite of Google's costs must catch, and what it must let pass."""

from __future__ import annotations

from tests.quality.planted_costs import Costs

PLANTED, LEGAL = Costs("google_ads").planted, Costs("google_ads").legal
