"""Reads ``vigie.toml``: the text to tables, the tables to settings, every finding in one error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.settings import lines
from pipeline.settings.declared import Declared
from pipeline.settings.findings import Finding, Findings, SettingsError
from pipeline.settings.references import Connections, References
from pipeline.settings.sections import settings_of
from pipeline.settings.shape import Settings
from pipeline.settings.table import Table

_LARGEST_FILE = 2**20
_TOML_PLACE = re.compile(r"(?P<what>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)", re.DOTALL)


def read(
    path: Path,
    environment: Mapping[str, str],
    sources: Mapping[str, Declared],
    connections: Connections | None = None,
    *,
    require_secrets: bool = True,
) -> Settings:
    """The settings in ``path``, complete and checked; relative paths are relative to the file.

    ``sources`` are the known platforms by name. Secrets come from ``environment``, and ``airflow:``
    references from ``connections`` where it is given (inside Airflow). Without ``require_secrets``,
    for work that makes no request, those that are not there are left out of the accounts.

    Raises SettingsError (a ConfigError) with every finding, ConfigError if the file cannot be read.
    """
    path = path.absolute()
    root = open_file(path)
    settings = settings_of(root, path, sources, References(environment, connections, require_secrets))
    root.findings.raise_if_any()
    return settings


def open_file(path: Path) -> Table:
    """The root table of the file at ``path``; what is found wrong on the way down is kept with it.

    Raises SettingsError where the file is not TOML, ConfigError if it cannot be read.
    """
    text = _text(path)
    try:
        # Decimals stay exact: an amount of money never passes through a float.
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(path, (_syntax(str(error), text),)) from None
    except RecursionError:
        raise SettingsError(path, (Finding("", 0, "tables and lists are nested too deeply"),)) from None
    except (ArithmeticError, ValueError):  # a number of thousands of digits
        raise SettingsError(path, (Finding("", 0, "holds a number that is too long"),)) from None
    return Table(values, (), Findings(path, lines.index(text)))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such settings file. Write one with: vigie init --to {path.name}") from None
    except OSError as error:
        raise ConfigError(f"{path}: the settings file cannot be read ({error.strerror})") from None
    if len(content) > _LARGEST_FILE:
        raise ConfigError(f"{path}: larger than {_LARGEST_FILE} bytes, so hardly a settings file")
    try:
        # Some editors put a byte order mark before, some end lines with CR LF; TOML means the same.
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(path, (Finding("", line, "the file is not UTF-8 here"),)) from None


def _syntax(message: str, text: str) -> Finding:
    place = _TOML_PLACE.fullmatch(message)
    if place is None:
        return Finding("", max(1, text.count("\n")), f"not TOML: {message.removesuffix(' (at end of document)')}")
    return Finding("", int(place["line"]), f"not TOML at column {place['column']}: {place['what']}")
