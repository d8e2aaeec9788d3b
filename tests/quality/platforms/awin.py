"""What the suite of Awin must catch, and what it must let pass."""

from __future__ import annotations

from typing import Final

from tests.quality.planted_commissions import Commissions

NETWORK: Final = Commissions("awin", "189069")
PLANTED, LEGAL = NETWORK.planted, NETWORK.legal
