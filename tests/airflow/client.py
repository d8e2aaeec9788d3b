"""What somebody outside asks of a running Airflow: by its API and by its command line."""

from __future__ import annotations

import functools
import json
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from dags.local import airflow


@dataclass(frozen=True)
class AirflowClient:
    """The address of an Airflow, the environment in which its command line finds it, and who asks.

    Without a ``user`` it is one that takes everybody for its administrator.
    """

    url: str
    environment: Mapping[str, str]
    user: str = ""
    password: str = ""

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``airflow WORDS`` against it; RuntimeError with the end of what it said when it fails."""
        done = subprocess.run(
            [airflow(), *words], env=dict(self.environment), capture_output=True, text=True, check=False, timeout=300
        )
        if done.returncode != 0:
            raise RuntimeError(f"airflow {' '.join(words)}: {done.stdout[-800:]} {done.stderr[-4000:]}")
        return done

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer of Airflow's own API to a request below /api/v2; HTTPError where it refuses."""
        return _answer(f"{self.url}/api/v2/{path}", method, body, {"Authorization": f"Bearer {self.token}"})

    @functools.cached_property
    def token(self) -> str:
        """What every request carries, as the sign-in page would give it."""
        if not self.user:
            return str(_answer(f"{self.url}/auth/token", "GET", None, {})["access_token"])
        who = {"username": self.user, "password": self.password}
        return str(_answer(f"{self.url}/auth/token", "POST", who, {})["access_token"])

    def page(self, path: str, *, token: str | None = None) -> Page:
        """What a browser gets at ``path`` below the address, redirects not followed; without ``token`` from nobody."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Page(answer.status, headers, answer.read().decode("utf-8"))
        finally:
            connection.close()


@dataclass(frozen=True)
class Page:
    """An answer as it came, names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str


def _answer(url: str, method: str, body: object, headers: Mapping[str, str]) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
