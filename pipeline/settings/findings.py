"""What is wrong with the settings: every finding with its key and its line, raised together."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.settings.lines import KeyPath

_BARE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST = 48
# Control characters, line separators, marks that turn the writing direction, broken UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Shapes of credentials that people paste: Graph tokens, shop keys, chat hooks, JWTs, long hex or base64.
_TOKEN = re.compile(
    r"EAA[A-Za-z0-9]{12,}|\b[cC][kKsS]_[0-9a-fA-F]{16,}|\bxox[abprs]-|hooks\.slack\.com/services/"
    r"|\beyJ[A-Za-z0-9_-]{12,}|\bBearer\s+\S|\bAIza[A-Za-z0-9_-]{20,}|\bgh[pousr]_[A-Za-z0-9]{20,}"
    r"|\bAKIA[A-Z0-9]{12,}|(?:access_token|token_auth|client_secret)=|\b[0-9a-fA-F]{32,}\b"
)


@dataclass(frozen=True)
class Finding:
    """One thing that a person must change. ``line`` is 0 where the whole file is meant."""

    key: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else "whole file"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class SettingsError(ConfigError):
    """Everything that is wrong with one settings file, in the order of its lines."""

    def __init__(self, file: Path, findings: tuple[Finding, ...]) -> None:
        self.file = file
        self.findings = findings
        count = "1 setting" if len(findings) == 1 else f"{len(findings)} settings"
        super().__init__("\n".join([f"{file}: {count} to change", *(f"  {found}" for found in findings)]))


class Findings:
    """Collects findings while the file is read, so that one run shows them all."""

    def __init__(self, file: Path, lines: Mapping[KeyPath, int]) -> None:
        self._file = file
        self._lines = lines
        self._found: set[Finding] = set()

    def __len__(self) -> int:
        return len(self._found)

    def add(self, path: KeyPath, message: str) -> None:
        """Note what is wrong at ``path``; a key that the file lacks gets the line of its table."""
        known = next((path[:size] for size in range(len(path), 0, -1) if path[:size] in self._lines), ())
        self._found.add(Finding(dotted(path), self._lines.get(known, 1), message))

    def raise_if_any(self) -> None:
        if self._found:
            ordered = sorted(self._found, key=lambda found: (found.line, found.key, found.message))
            raise SettingsError(self._file, tuple(ordered))


def dotted(path: KeyPath) -> str:
    """``("sources", "facebook", 0, "token")`` as ``sources.facebook[0].token``."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            parts.append(("." if parts else "") + (step if _plain(step) else shown(step)))
    return "".join(parts)


def _plain(key: str) -> bool:
    return _BARE.fullmatch(key) is not None and not looks_secret(key)


def looks_secret(value: str) -> bool:
    """Whether a text has the shape of a credential that somebody pasted."""
    return _TOKEN.search(value) is not None


def is_one_line(value: str) -> bool:
    """Whether a text prints as one line, with nothing in it that a terminal or a header would obey."""
    return _UNPRINTABLE.search(value) is None


def shown(value: str) -> str:
    """A value quoted for a message: one line, short, and not at all if it may be a credential."""
    if looks_secret(value):
        return '"…"'
    value = _UNPRINTABLE.sub("\ufffd", value)
    return json.dumps(value if len(value) <= _LONGEST else value[:_LONGEST] + "…", ensure_ascii=False)
