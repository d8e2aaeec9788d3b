"""The two pages: the published report as it is, and what ``vigie status`` says, in the brand's language."""

from __future__ import annotations

import os
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.plugin.brand import project
from pipeline.plugin.words import WORDS

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse
    from jinja2 import Template

    from pipeline.steps import Project


def report() -> HTMLResponse:
    """The report of the publication that readers see; a page that says so where there is none yet."""
    brand = project()
    try:
        page = _read(brand.settings.paths.publication / "report.html")
    except OSError:
        return _page(brand, "nothing.html.j2", status=404)
    return _answer(page, 200)


def sources() -> HTMLResponse:
    """Every account: when it was last landed and loaded, and why it is missing."""
    from pipeline import steps

    brand = project()
    return _page(brand, "sources.html.j2", state=steps.status(brand), now=datetime.now(brand.settings.zone))


def _read(path: Path) -> str:
    """The file itself, never what a link in its place points to (OSError)."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), encoding="utf-8") as file:
        return file.read()


def _page(brand: Project, template: str, *, status: int = 200, **given: Any) -> HTMLResponse:
    language = brand.settings.language
    words = WORDS.get(language, WORDS["en"])
    return _answer(_template(template).render(brand=brand.settings.brand, lang=language, words=words, **given), status)


def _answer(page: str, status: int) -> HTMLResponse:
    from fastapi.responses import HTMLResponse

    return HTMLResponse(page, status_code=status)


@cache
def _template(name: str) -> Template:
    """Names of accounts and reasons are other people's words: everything is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined).get_template(name)
