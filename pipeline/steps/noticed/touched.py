"""Which figures are touched by what is wrong, and by how much: shares of the last 28 published days, and tables.

Only sums are shared out: engagements of a network's account among all accounts, the visits that it brought among
those of the sites, the visits of a site that an analytics account measures among those of all sites, the revenue of a
shop among all revenue. Of reach and followers no share is told: people are in several.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from pipeline import models, publish, warehouse
from pipeline.alerts import number, percent, say
from pipeline.errors import VigieError
from pipeline.settings import Account
from pipeline.steps.project import Project, resource_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAYS: Final = 28
_MOST_TABLES: Final = 3
# Of each figure: what it is called, and SQL of (part, whole) over the days from $since to $until.
_NETWORK: Final = """
    select sum({metric}) filter (platform = $platform and account = $account), sum({metric})
    from kpi.account_daily where day between $since and $until"""
_VISITS_BROUGHT: Final = """
    select
        (select sum(visits) from kpi.account_daily
         where platform = $platform and account = $account and day between $since and $until),
        (select sum(visits) from kpi.site_daily where day between $since and $until)"""
_VISITS_MEASURED: Final = """
    select sum(visits) filter (site = $site), sum(visits) from kpi.site_daily where day between $since and $until"""
_REVENUE: Final = """
    select sum(value_reporting) filter (source = $platform and account = $account), sum(value_reporting)
    from conversion.event where occurred_day between $since and $until"""
_WORDS: Final = {
    "engagements": ("interactions", "interactions"),
    "visits_brought": ("visits", "visites"),
    "visits": ("visits", "visites"),
    "revenue": ("revenue", "chiffre d’affaires"),
}
_FIGURES: Final = {
    "network": (("engagements", _NETWORK.format(metric="engagements")), ("visits_brought", _VISITS_BROUGHT)),
    "site": (("visits", _VISITS_MEASURED),),
    "shop": (("revenue", _REVENUE),),
    "affiliate": (("revenue", _REVENUE),),
}


@dataclass
class Touched:
    """Answers from one publication, opened once however many accounts are missing; ``close`` it.

    Without a publication there is nothing to tell.
    """

    project: Project
    until: date | None = None
    seen: publish.Publication | None = None
    _below: dict[str, list[str]] = field(default_factory=dict)
    _con: DuckDBPyConnection | None = None

    @classmethod
    def of(cls, project: Project) -> Touched:
        try:
            seen = publish.current(project.settings.paths.publication)
        except VigieError:
            seen = None
        return cls(project, seen.night if seen else None, seen)

    def close(self) -> None:
        if self._con is not None:
            self._con.close()
            self._con = None

    def all_tables(self) -> str:
        """Nothing new is published: readers keep what they have."""
        language = self.project.settings.language
        return say(language, "all_tables", night=self.until) if self.until else say(language, "no_tables")

    def shares(self, platform: str, account: str) -> str | None:
        """The account's part of what was counted in the last 28 published days; None where it has none."""
        known = next((a for a in self.project.settings.accounts if (a.platform, a.id) == (platform, account)), None)
        if self.seen is None or self.until is None or known is None:
            return None
        try:
            if self._con is None:
                self._con = warehouse.open_reader(self.seen.path)
            parts = list(self._parts(self._con, known, self.until))
        except VigieError:
            return None
        if not parts:
            return None
        words = {"days": DAYS, "day": self.until, "parts": ", ".join(parts)}
        return say(self.project.settings.language, "share", **words)

    def _parts(self, con: DuckDBPyConnection, account: Account, until: date) -> Iterable[str]:
        language, settings = self.project.settings.language, self.project.settings
        for name, sql in _FIGURES.get(self.project.source_of(account).KIND, ()):
            wanted = {"platform": account.platform, "account": account.id, "site": account.site}
            values: dict[str, Any] = {"since": until - timedelta(days=DAYS - 1), "until": until}
            values |= {key: value for key, value in wanted.items() if f"${key}" in sql}
            row = con.execute(sql, values).fetchone()
            if not row or row[0] is None or not row[1] or row[1] <= 0 or row[0] <= 0:
                continue
            unit = f" {settings.reporting_currency}" if name == "revenue" else ""
            part, whole = (number(float(value), language) + unit for value in row)
            metric, share = _WORDS[name][language == "fr"], percent(float(row[0]) / float(row[1]), language)
            yield say(language, "part", part=part, whole=whole, metric=metric, percent=share)

    def tables(self, relation: str) -> str | None:
        """The marts that are made of a relation; None for one that nothing is made of."""
        if not self._below:
            self._below.update(_marts_below(self.project))
        found = self._below.get(relation, [])
        if not found:
            return None
        language, shown = self.project.settings.language, ", ".join(found[:_MOST_TABLES])
        if len(found) <= _MOST_TABLES:
            return say(language, "marts", tables=shown)
        return say(language, "marts_more", tables=shown, more=len(found) - _MOST_TABLES)


def _marts_below(project: Project) -> dict[str, list[str]]:
    """For each relation the marts that read it, themselves or through others."""
    known = models.of_platforms(models.read(resource_folder("sql")), {a.platform for a in project.settings.accounts})
    reads = {model.relation: set(model.depends_on) for model in known}
    below: dict[str, set[str]] = {}
    # In build order, from the last: whoever reads me is known already.
    for relation in reversed(reads):
        for read in reads[relation]:
            mine = {relation} if relation.startswith(("kpi.", "conversion.")) else set()
            below.setdefault(read, set()).update(mine, below.get(relation, set()))
    return {relation: sorted(found) for relation, found in below.items()}
