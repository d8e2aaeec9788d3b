"""The page people look at: one self-contained HTML file, no script, no request, made from a publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from pipeline.report import network, page
from pipeline.report.period import Period, period_of
from pipeline.report.quality import Ending
from pipeline.report.view import View

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["NEWEST", "Ending", "Period", "network", "period_of", "put", "render", "write"]

NEWEST = "28d"


def render(
    con: DuckDBPyConnection,
    out: Path,
    *,
    brand: str,
    night: date,
    language: str,
    currency: str,
    period: Period | None = None,
    names: Mapping[tuple[str, str], str] | None = None,
    complete: float = 1.0,
    simulated: bool = False,
    ending: Sequence[Ending] = (),
) -> Path:
    """Write the report of ``period`` (by default the 28 days to ``night``, the newest night) to ``out``; return it.

    ``names`` is what people call an account, by platform and id; ``complete`` the part of a period's days that must
    be known for it to be compared; ``ending`` what a person must renew soon.
    Everything that comes from a platform is escaped; a content policy in the page forbids scripts
    and requests.
    """
    days = period or period_of(NEWEST, night)
    view = View(con, days, night, language, currency, names or {}, complete)
    return write(out, page.compose(view, brand=brand, simulated=simulated, ending=ending))


def write(out: Path, what: page.Page) -> Path:
    """Write a page; every text in it is escaped."""
    return put(out, _template().render(page=what).encode())


def put(out: Path, content: bytes) -> Path:
    """Write a file aside and rename it, so that a reader never sees half of it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    new = out.with_name(f".{out.name}.new")
    new.write_bytes(content)
    new.replace(out)
    return out


@cache
def _template() -> Template:
    """The page, compiled once a process."""
    environment = Environment(
        loader=PackageLoader("pipeline.report", "templates"),
        autoescape=select_autoescape(["html", "j2"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
