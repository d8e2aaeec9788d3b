"""The report where a person wants it: of any period, in either language, as a page, on paper or as a picture."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pipeline import report
from pipeline.report import browser
from pipeline.steps.project import Project
from pipeline.steps.tell import write_report

Format = Literal["html", "pdf", "png"]


def deliver_report(
    project: Project,
    night: date | None = None,
    *,
    period: str = report.NEWEST,
    language: str | None = None,
    format_: str = "html",
    to: Path | None = None,
    environment: Mapping[str, str],
) -> Path | None:
    """Write the report and return where it lies; None when nothing was published yet.

    Without ``to`` it lies beside the publication; only the page of the newest days, in the language of the
    settings, takes the place of the nightly one. ConfigError where a browser is needed and none is found.
    """
    target = to or _beside(project, period, language, format_)
    if format_ == "html":
        return write_report(project, night, out=target, period=period, language=language)
    program = browser.find(environment)
    with tempfile.TemporaryDirectory(prefix="vigie-report-") as folder:
        page = write_report(project, night, out=Path(folder) / "report.html", period=period, language=language)
        if page is None:
            return None
        html = page.read_text(encoding="utf-8")
    made = browser.pdf(program, html) if format_ == "pdf" else browser.png(program, html)
    return report.put(target, made)


def _beside(project: Project, period: str, language: str | None, format_: str) -> Path:
    settings = project.settings
    words = language or settings.language
    is_nightly = period == report.NEWEST and words == settings.language
    name = "report" if is_nightly else f"report-{period.replace('..', '-to-')}-{words}"
    return settings.paths.publication / f"{name}.{format_}"
