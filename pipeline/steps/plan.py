"""Which units make up a night, and which days each of them reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from pipeline import landing
from pipeline.settings import Account
from pipeline.steps.project import Project
from pipeline.streams import Unit, Window

# No platform gives more at once, and a longer silence deserves a backfill by hand.
LONGEST_REACH = 90


def plan(project: Project, night: date, platform: str | None = None) -> list[Unit]:
    """One unit per account, in the order of the settings; ``platform`` limits it to one source."""
    return [
        Unit(account.platform, account.id, night, window(project, account, night))
        for account in project.settings.accounts
        if platform in (None, account.platform)
    ]


def window(project: Project, account: Account, night: date) -> Window:
    """The days that a night reads: the platform's restatement window, and back over missed nights.

    The first night of an account reads ``history_days``. A gap is closed back to the last landed
    night, at most ninety days.
    """
    last = landing.last_night(project.settings.paths.landing, account.platform, account.id, before=night)
    reach = project.source_of(account).RESTATEMENT_DAYS
    if last is None:
        reach = max(reach, project.settings.history_days)
    else:
        reach = max(reach, min((night - last).days, LONGEST_REACH))
    return Window(night - timedelta(days=reach), night)


def to_message(unit: Unit) -> dict[str, str]:
    """A unit as a small message between tasks."""
    return {
        "platform": unit.platform,
        "account": unit.account,
        "night": unit.night.isoformat(),
        "since": unit.window.since.isoformat(),
        "until": unit.window.until.isoformat(),
    }


def from_message(message: Mapping[str, str]) -> Unit:
    """The unit that ``to_message`` made a message of."""
    night, since, until = (date.fromisoformat(message[key]) for key in ("night", "since", "until"))
    return Unit(message["platform"], message["account"], night, Window(since, until))
