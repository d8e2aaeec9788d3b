"""What the suite of impact.com must catch, and what it must let pass."""

from __future__ import annotations

from typing import Final

from tests.quality.planted_commissions import Commissions

NETWORK: Final = Commissions("impact", "IR1")
PLANTED, LEGAL = NETWORK.planted, NETWORK.legal
