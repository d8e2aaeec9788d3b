"""The credentials of the simulated platforms: obviously invented, and checked like real ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Token → the page it was made for.
FACEBOOK: Final[Mapping[str, str]] = {
    "sim-page-token-104001-not-a-secret": "104001",
    "sim-page-token-104002-not-a-secret": "104002",
}
FACEBOOK_APP: Final = "sim-app-secret-not-a-secret"
MATOMO: Final = "51a0000000000000000000000000051a"
WOOCOMMERCE: Final = (
    "ck_sim0000000000000000000000000000000000001",
    "cs_sim0000000000000000000000000000000000002",
)
WORDPRESS: Final = ("vigie", "simu late dpas swor dnot real")
STATISTICS: Final = "sim-stats-token-not-a-secret"

_MAIN, _SMALL = FACEBOOK
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_FACEBOOK_TOKEN": _MAIN,
    "VIGIE_SIM_FACEBOOK_SMALL_TOKEN": _SMALL,
    "VIGIE_SIM_FACEBOOK_APP_SECRET": FACEBOOK_APP,
    "VIGIE_SIM_MATOMO_TOKEN": MATOMO,
    "VIGIE_SIM_WOOCOMMERCE_KEY": WOOCOMMERCE[0],
    "VIGIE_SIM_WOOCOMMERCE_SECRET": WOOCOMMERCE[1],
    "VIGIE_SIM_WORDPRESS_PASSWORD": WORDPRESS[1],
    "VIGIE_SIM_WORDPRESS_STATS_TOKEN": STATISTICS,
}
