"""Single values that several parts of the settings hold: a credential, hours of a day."""

from __future__ import annotations

from typing import NoReturn

Hours = tuple[int, int]  # minutes of the day at which work begins and ends


class Secret:
    """A credential: resolved, never shown. ``reveal`` gives the value to the request that needs it."""

    __slots__ = ("_value", "reference")

    def __init__(self, reference: str, value: str) -> None:
        self.reference = reference
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self!r} is never written anywhere: read the settings again where it is needed")

    def __repr__(self) -> str:
        return f"Secret({self.reference})"

    __str__ = __repr__
