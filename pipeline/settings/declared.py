"""What the settings need to know of a source: which keys its accounts have. ``pipeline.streams`` has the rest."""

# ruff: noqa: N802 – the modules of the sources have these as constants

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Declared(Protocol):
    """A platform as the reader of settings sees it; every ``pipeline.streams.Source`` is one."""

    __doc__: str | None

    @property
    def KIND(self) -> str: ...
    @property
    def ORIGIN(self) -> str: ...
    @property
    def BASE(self) -> str: ...
    @property
    def TIME_ZONE(self) -> str | None: ...
    @property
    def CREDENTIALS(self) -> tuple[str, ...]: ...
    @property
    def OPTIONAL_CREDENTIALS(self) -> tuple[str, ...]: ...
    @property
    def OPTIONS(self) -> Mapping[str, object]: ...


class Imported(Protocol):
    """A platform of which there are only files: the command that reads them instead of an account."""

    @property
    def IMPORT(self) -> str: ...
