"""What the suite of X's costs must catch, and what it must let pass."""

from __future__ import annotations

from tests.quality.planted_costs import Costs

PLANTED, LEGAL = Costs("x_ads").planted, Costs("x_ads").legal
