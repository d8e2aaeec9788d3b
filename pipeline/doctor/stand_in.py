"""An environment in which every secret that is missing or unusable is played by a stand-in.

With it the rest of a machine can be checked before anybody has handed out the credentials. No
request is ever made with a stand-in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.settings import Secret

# Usable as a token, as the address of a hook and as a connection with user and password.
_VALUE = "https://stand-in:stand-in@stand-in.invalid"
_CONNECTION_PARTS = ("stand-in", _VALUE)


class StandIn(Mapping[str, str]):
    """The real environment where its values are usable, the stand-in everywhere else."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        value = self._environment.get(name, "")
        return value if value.strip() == value and value.isprintable() and value else _VALUE

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


def stands_in(secret: Secret) -> bool:
    """Whether a secret is no real one."""
    return secret.reveal() in _CONNECTION_PARTS
