"""The platforms, played on this machine: same contracts, one coherent world, faults on demand.

    with serve() as server:
        Path("vigie.toml").write_text(settings_toml(server.url))
        environment()      # the secrets that these settings name

Faces live under one address by prefix: ``/facebook``, ``/wordpress``, ``/wpcom``, ``/matomo``,
``/woocommerce``; the control plane under ``/__sim/`` (see ``control``). ``World`` is the truth behind
all of them.
"""

from __future__ import annotations

from pipeline.simulator.server import Server, run_forever, serve
from pipeline.simulator.settings import environment, settings_toml
from pipeline.simulator.world import World, night_dates

__all__ = ["Server", "World", "environment", "night_dates", "run_forever", "serve", "settings_toml"]
