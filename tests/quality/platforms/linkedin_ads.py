"""What the suite of LinkedIn's costs must catch, and what it must let pass."""

from __future__ import annotations

from tests.quality.planted_costs import Costs

PLANTED, LEGAL = Costs("linkedin_ads").planted, Costs("linkedin_ads").legal
