"""A plain HTTP client of the simulator: what a platform's user would send, with the right credentials."""

from __future__ import annotations

from datetime import date
from typing import Any

import requests

from pipeline.simulator import Server, World
from pipeline.simulator.platforms.facebook.account import TOKENS
from pipeline.simulator.platforms.matomo.account import TOKEN
from pipeline.simulator.platforms.woocommerce.account import CREDENTIALS
from pipeline.simulator.platforms.wordpress.account import STATISTICS_TOKEN

MAIN, SMALL = TOKENS


class Client:
    """Requests to each face. Every method gives the answer as it came, whatever its status."""

    def __init__(self, server: Server, session: requests.Session) -> None:
        self.server = server
        self.session = session
        self.url = server.url

    @property
    def world(self) -> World:
        return self.server.simulator.world

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.session.get(self.url + path, timeout=10, **more)

    def night(self, night: date) -> None:
        self.control("clock", params={"night": night.isoformat()})

    def control(self, verb: str, told: Any = None, **more: Any) -> requests.Response:
        return self.session.post(f"{self.url}/__sim/{verb}", json=told, timeout=10, **more)

    def state(self) -> Any:
        return self.get("/__sim/state").json()

    def inject(self, kind: str, platform: str, **more: Any) -> None:
        answer = self.control("inject", {"kind": kind, "platform": platform, **more})
        assert answer.status_code == 200, answer.text

    def graph(self, path: str, token: str = MAIN, **params: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.get(f"/facebook/v26.0/{path}", params=params, headers=headers)

    def wp(self, route: str, **params: Any) -> requests.Response:
        return self.get(f"/wordpress/wp-json/wp/v2/{route}", params=params)

    def stats(self, path: str, version: str = "v1.1", **params: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {STATISTICS_TOKEN}"}
        return self.get(f"/wpcom/rest/{version}/sites/journal/{path}", params=params, headers=headers)

    def matomo(self, method: str, **more: Any) -> requests.Response:
        form = {
            "module": "API",
            "method": method,
            "idSite": "1",
            "period": "day",
            "format": "json",
            "format_metrics": "0",
            "filter_limit": "-1",
            "language": "en",
            "token_auth": TOKEN,
            **more,
        }
        return self.session.post(f"{self.url}/matomo/index.php", data=form, timeout=10)

    def woo(self, route: str, **params: Any) -> requests.Response:
        return self.get(f"/woocommerce/wp-json/wc/v3/{route}", params=params, auth=CREDENTIALS)
