"""Clean nights and planted faults of the platforms, two files each, found by listing this folder.

``<platform>.sql`` adds the platform's nights to the clean ones; ``<platform>.py`` gives ``PLANTED``, what its
suites must catch, and ``LEGAL``, what they must let pass (what it is → SQL).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Final

from tests.quality.planted import Planted

NIGHTS: Final = tuple(sorted(Path(__file__).parent.glob("*.sql")))
MODULES: Final = tuple(import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
PLANTED: Final[list[Planted]] = [fault for module in MODULES for fault in module.PLANTED]
LEGAL: Final[Mapping[str, str]] = {
    f"{module.__name__.rpartition('.')[2]}: {what}": sql for module in MODULES for what, sql in module.LEGAL.items()
}
