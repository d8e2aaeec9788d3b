"""The platforms that are played, one folder each, found by listing this one.

A folder's package gives ``FACES`` (what it serves), ``ACCOUNTS`` (the brand's accounts there),
``ENVIRONMENT`` (the secrets of these accounts, obviously invented and checked like real ones) and
``settings(account, base)`` (the lines of an account's settings that are the platform's own).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, Protocol, cast

from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.face import Face


class Platform(Protocol):
    """What the package of a platform gives."""

    FACES: tuple[Face, ...]
    ACCOUNTS: tuple[BrandAccount, ...]
    ENVIRONMENT: Mapping[str, str]

    @staticmethod
    def settings(account: BrandAccount, base: str) -> list[str]: ...


PLATFORMS: Final[Mapping[str, Platform]] = {
    found.name: cast("Platform", import_module(f"{__name__}.{found.name}"))
    for found in iter_modules(__path__)
    if found.ispkg
}
FACES: Final[Mapping[str, Face]] = {face.name: face for platform in PLATFORMS.values() for face in platform.FACES}
ACCOUNTS: Final = tuple(account for platform in PLATFORMS.values() for account in platform.ACCOUNTS)
# What the demonstration reads; every platform can be played, but each one lengthens it.
DEMONSTRATED: Final = ("facebook", "matomo", "woocommerce", "wordpress")


def accounts(platforms: Collection[str] = DEMONSTRATED) -> tuple[BrandAccount, ...]:
    """The brand's accounts on these platforms. ValueError names those that are played."""
    if unknown := sorted(set(platforms) - set(PLATFORMS)):
        raise ValueError(f"nobody plays {', '.join(unknown)}: there are {', '.join(PLATFORMS)}")
    return tuple(account for account in ACCOUNTS if account.platform in platforms)


ENVIRONMENT: Final[Mapping[str, str]] = {
    name: secret for platform in PLATFORMS.values() for name, secret in platform.ENVIRONMENT.items()
}
