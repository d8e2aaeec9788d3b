"""The page people look at: one self-contained HTML file, no script, no request, made from a publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from pipeline.report import experiments, figures, money, words
from pipeline.report.charts import line_chart

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# As many posts as a reader looks through.
_POSTS = 10


def render(
    con: DuckDBPyConnection,
    out: Path,
    *,
    brand: str,
    night: date,
    language: str,
    currency: str,
    simulated: bool = False,
    ending: Sequence[figures.Ending] = (),
) -> Path:
    """Write the report of ``night`` from the publication behind ``con`` to ``out`` and return it.

    ``ending`` is what a person must renew soon.
    Everything that comes from a platform is escaped; a content policy in the page forbids scripts
    and requests. The file is written aside and renamed, so that a reader never sees half of it.
    """
    say = words.speaker(language)
    accounts = figures.accounts(con, night)
    since = night - timedelta(days=figures.DAYS - 1)
    funnel = money.funnel(con, since, night, None, None)
    html = _template(language, currency).render(
        say=say,
        language=language,
        brand=brand,
        night=night,
        simulated=simulated,
        publication=figures.publication(con),
        tiles=figures.tiles(con, night),
        accounts=accounts,
        charts={(a.platform, a.account): line_chart(a.series, say("followers"), language) for a in accounts},
        network_chart=line_chart(figures.network_visits(con, night), say("visits"), language),
        actions=figures.actions(con, night),
        funnel=funnel,
        widest=max((float(row["count"]) for row in funnel if row["count"]), default=1.0),
        post_margins=money.margins_of_posts(con, since, night, _POSTS),
        steps=figures.steps(con, night),
        missing=figures.missing(con, night),
        failures=figures.failed_expectations(con, night),
        notes=figures.notes(con, night),
        posts=figures.best_posts(con, night),
        trials=[experiments.trial_text(trial, language, currency) for trial in experiments.trials(con)],
        currency=currency,
        ending=ending,
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    new = out.with_name(f".{out.name}.new")
    new.write_text(html, encoding="utf-8")
    new.replace(out)
    return out


@cache
def _template(language: str, currency: str) -> Template:
    """The page with its filters, compiled once a process."""
    environment = Environment(
        loader=PackageLoader("pipeline.report", "."),
        autoescape=select_autoescape(["html", "j2"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= words.filters(language, currency)
    return environment.get_template("page.html.j2")
