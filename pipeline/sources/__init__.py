"""The platforms that Vigie can read: one module or folder each, found by listing this folder.

A source is a docstring, constants and generators (see ``pipeline.streams.Source``). A new platform
is one new file here, or a folder of its parts; nothing else needs to know its name. What begins with
an underscore is shared by several sources.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.streams import Archive, Source


def names() -> tuple[str, ...]:
    """Short names of all platforms, sorted."""
    folder = Path(__file__).parent
    alone = (file.stem for file in folder.glob("*.py"))
    with_parts = (file.parent.name for file in folder.glob("*/__init__.py"))
    return tuple(sorted(name for name in (*alone, *with_parts) if not name.startswith("_")))


def module(name: str) -> Source:
    """The source of a platform. ConfigError names the platforms that exist."""
    if name not in names():
        raise ConfigError(f"there is no source named {name!r}: known are {', '.join(names())}")
    return cast("Source", importlib.import_module(f"{__name__}.{name}"))


def archive(name: str) -> Archive:
    """The source of a platform of which there are only files. ConfigError where it is asked over HTTP."""
    found = module(name)
    if found.ORIGIN != "archive":
        raise ConfigError(f"{name} is fetched every night; there is no archive of it to import")
    return cast("Archive", found)
