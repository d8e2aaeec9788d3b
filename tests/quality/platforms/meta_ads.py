"""What the suite of Meta's costs must catch, and what it must let pass."""

from __future__ import annotations

from tests.quality.planted_costs import Costs

PLANTED, LEGAL = Costs("meta_ads").planted, Costs("meta_ads").legal
