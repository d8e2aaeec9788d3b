"""One small night of each platform, made by hand in its shapes: one module each, found by listing this folder.

A module gives ``answer``, which plays the platform from its fixtures, and may give ``OPTIONS`` and ``SECRETS``
of the account that reads it; ``{base}`` in an option is the server's address.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Final

from pipeline.settings import Account
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import account

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def fixture(name: str) -> Any:
    """A document of the fixtures: ``fixture("facebook/page")``."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


PLATFORMS: Final = tuple(found.name for found in iter_modules(__path__))


def module(platform: str) -> ModuleType:
    return import_module(f"{__name__}.{platform}")


def there(platform: str, server: Loopback) -> Account:
    """The account whose night the server plays from now on."""
    played = module(platform)
    answer: Callable[[Asked], Reply] = played.answer
    options: Mapping[str, object] = getattr(played, "OPTIONS", {})
    server.answers = answer
    placed = {
        name: value.replace("{base}", server.base) if isinstance(value, str) else value
        for name, value in options.items()
    }
    return account(platform, server.base, secrets=getattr(played, "SECRETS", {}), **placed)
