"""What the settings mean: the schedule, the accounts, the alerts, and what readers see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from croniter import croniter

from pipeline.doctor.finding import Finding
from pipeline.errors import VigieError
from pipeline.settings import Settings
from pipeline.streams import Source

_DAYS_LOOKED_AT = 8
# Platforms close a day some hours after midnight; Pacific days end at 9 in the morning of Paris.
_EARLIEST_HOUR = 3


def schedule(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The next run, and whether there is one for every night."""
    cron, zone = settings.schedule.cron, settings.zone
    local = now.astimezone(zone)
    runs = list(_runs(cron, local, local + timedelta(days=_DAYS_LOOKED_AT)))
    days = Counter(run.date() for run in runs)
    # The first and the last day of the look ahead are cut.
    whole = [days[local.date() + timedelta(days=ahead)] for ahead in range(1, _DAYS_LOOKED_AT)]
    if not runs:
        following = croniter(cron, local).get_next(datetime)
        yield Finding("warn", "schedule", cron, f"next run {following:%Y-%m-%d %H:%M %Z}", "run once a day")
    elif any(count != 1 for count in whole):
        told = f"{min(whole)} to {max(whole)} runs a day; next {runs[0]:%Y-%m-%d %H:%M %Z}"
        yield Finding("warn", "schedule", cron, told, "run once a day: every night is fetched the morning after")
    elif runs[0].hour < _EARLIEST_HOUR:
        told = f"next run {runs[0]:%Y-%m-%d %H:%M %Z}, before platforms have closed the day"
        yield Finding("warn", "schedule", cron, told, f"run after {_EARLIEST_HOUR}:00")
    else:
        yield Finding("ok", "schedule", cron, f"next run {runs[0]:%Y-%m-%d %H:%M %Z}")


def _runs(cron: str, since: datetime, until: datetime) -> Iterator[datetime]:
    times = croniter(cron, since)
    while (run := times.get_next(datetime)) < until:
        yield run


def accounts(settings: Settings, known: Mapping[str, Source]) -> Iterator[Finding]:
    """Choices that are allowed but leave a number out."""
    networks = Counter(a.platform for a in settings.accounts if known[a.platform].KIND == "network")
    for platform, count in networks.items():
        if count > 1 and not any(a.receives_visits for a in settings.accounts if a.platform == platform):
            yield Finding(
                "warn",
                "accounts",
                platform,
                f"none of its {count} accounts receives visits: their visits and conversions stay empty",
                "write receives_visits = true at one of them",
            )
    analysed = {a.site for a in settings.accounts if known[a.platform].KIND == "site"}
    for site in settings.sites:
        if site.name not in analysed:
            told = "no analytics account measures it: it has no visits and no rates"
            yield Finding("warn", "accounts", site.name, told, "add its analytics account")


def publication(settings: Settings) -> Iterator[Finding]:
    """Whether readers can open what was published."""
    from pipeline import publish, warehouse

    folder = settings.paths.publication
    try:
        seen = publish.current(folder)
        if seen is None:
            yield Finding("warn", "publication", str(folder), "nothing is published yet", "vigie run")
            return
        with warehouse.open_reader(seen.path) as con:
            row = con.execute("select count(*) from information_schema.tables").fetchone()
        tables = row[0] if row else 0
    except (VigieError, OSError) as error:
        yield Finding("fail", "publication", str(folder), str(error), "vigie rollback, or vigie publish")
        return
    if tables < len(seen.content):
        told = f"{tables} of {len(seen.content)} tables are there"
        yield Finding("fail", "publication", str(seen.path), told, "vigie rollback, or vigie publish")
        return
    yield Finding("ok", "publication", str(seen.path), f"night {seen.night}, {tables} tables")
