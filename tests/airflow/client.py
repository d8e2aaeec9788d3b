"""What somebody outside asks of a running Airflow: by its API and by its command line."""

from __future__ import annotations

import functools
import json
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dags.local import airflow


@dataclass(frozen=True)
class AirflowClient:
    """The address of an Airflow, and the environment in which its command line finds it."""

    url: str
    environment: Mapping[str, str]

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
        return _answer(f"{self.url}/api/v2/{path}", method, body, {"Authorization": f"Bearer {self._token}"})

    @functools.cached_property
    def _token(self) -> str:
        return str(_answer(f"{self.url}/auth/token", "GET", None, {})["access_token"])


def _answer(url: str, method: str, body: object, headers: Mapping[str, str]) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
