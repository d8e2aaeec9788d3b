"""Mailchimp: who signed up for a newsletter and who left it, how many it has, what its letters brought.

Ten connections at once for a user, and nothing tells how many are open: an account is read by one.
Documentation: https://mailchimp.com/developer/marketing/api/list-members/list-members-info/ and
https://mailchimp.com/developer/marketing/api/reports/list-campaign-reports/

Quirks that shape this module:

* ``id`` in the settings is that of the audience (list). The data centre is the end of the key (``…-us21``).
* Members are asked for by their last change, in its order, and pages are an offset: who changes while the
  list is read moves to its end, and everybody behind them moves up. Each page begins with the last row of the
  page before; where that is another one, or the total shrinks, the list is read again from the start.
* ``id`` of a member is the MD5 of an e-mail address, which can be guessed: it becomes a keyed hash, and
  addresses, names and places are not even asked for. Without ``person_key`` there are no members.
* A member signed up at ``timestamp_opt``, the moment of confirming where that is asked for, else at
  ``timestamp_signup``. A date that is not there is ``""``. Contacts with neither never signed up.
* Who leaves within 90 days takes the sign-up back; who leaves later has been a subscriber, and it stands.
* Opens count what mail programs fetch by themselves, before and whether or not anybody reads: they are kept
  as they come, and nothing is worked out from them.
* The number of members is only known for now, so a night that is read late has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.http import Limits, Session
from pipeline.settings import Account
from pipeline.sources._answers import guarded, too_late
from pipeline.sources.mailchimp import members, reports
from pipeline.sources.mailchimp.api import audience, level
from pipeline.streams import Absent, Note, Page, Stream, Unit, Yield

PLATFORM = "mailchimp"
KIND: Literal["newsletter"] = "newsletter"
ORIGIN: Literal["api"] = "api"
# The key says in which data centre: api.mailchimp.com becomes us21.api.mailchimp.com.
BASE = "https://api.mailchimp.com/3.0"
API_VERSION = "3.0"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 28
HISTORY_DAYS: int | None = None
# Accounts that are read side by side, one connection each: of ten, most are left to others.
POOL_SLOTS = 2
CREDENTIALS = ("key",)
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
OPTIONS: Mapping[str, object] = {
    # Rows of a page: the most that is documented.
    "page_size": 1000,
}

STREAMS = (
    # The audience as it is when the night is read: `day` is the night.
    Stream(
        name="audience",
        columns={
            "day": "VARCHAR",
            "id": "VARCHAR",
            "member_count": "BIGINT",
            "unsubscribe_count": "BIGINT",
            "cleaned_count": "BIGINT",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
        optional=True,
    ),
    # `member` is ours. Its day is the earliest one that it was ever about: a confirmation comes later.
    Stream(
        name="members",
        columns={
            "member": "VARCHAR",
            "status": "VARCHAR",
            "timestamp_signup": "VARCHAR",
            "timestamp_opt": "VARCHAR",
            "last_changed": "VARCHAR",
            "source": "VARCHAR",
        },
        key=("member",),
        day="coalesce(TRY_CAST(left(timestamp_signup, 10) AS DATE), TRY_CAST(left(timestamp_opt, 10) AS DATE))",
        optional=True,
    ),
    Stream(
        name="reports",
        columns={
            "id": "VARCHAR",
            "type": "VARCHAR",
            "send_time": "VARCHAR",
            "emails_sent": "BIGINT",
            "abuse_reports": "BIGINT",
            "unsubscribed": "BIGINT",
            "bounces": "JSON",
            "forwards": "JSON",
            "opens": "JSON",
            "clicks": "JSON",
            "ecommerce": "JSON",
        },
        key=("id",),
        day="TRY_CAST(left(send_time, 10) AS DATE)",
    ),
)

_CENTRE = re.compile(r"[a-z]{2,4}[0-9]{1,3}")


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the data centre of the key. ConfigError for a key that names none."""
    key = account.secrets["key"]
    base = account.base
    if base == BASE:
        centre = key.reveal().rpartition("-")[2]
        if not _CENTRE.fullmatch(centre):
            raise ConfigError(f"mailchimp {account.id}: {key.reference} does not end with its data centre, like -us21")
        base = base.replace("https://", f"https://{centre}.", 1)
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=base,
        basic=("vigie", key),
        state=account.state,
        limits=limits,
    )


def check(account: Account, http: Session) -> str:
    """One call for the audience: its name and size."""
    found = audience(account, http)
    without = "" if account.person_key else "; set [privacy] person_key, or no sign-up is read"
    return f"audience {found.name}, {bytes(found.stats.member_count).decode()} subscribed{without}"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """How many subscribe now, whose membership changed in the window, and the letters of the window."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    found = audience(account, http)
    late = too_late(unit, http)
    yield Absent("audience", late) if late else Page("audience", [level(found, unit.night)])
    if account.person_key is None:
        yield Absent("members", "[privacy] person_key is not set: members could not be kept without their addresses")
    else:
        # Counted against the platform's total before the old ones are left out.
        changed = list(members.changed(account, unit, http))
        yield Page("members", changed, announced=len(changed))
    letters = list(reports.sent(account, unit, http))
    yield Page("reports", [letter.record for letter in letters])
    if any(letter.day == unit.night for letter in letters):
        yield Note(
            "opens_unreliable",
            "opens of letters count what mail programs fetch by themselves (Apple's do): compare clicks, not opens",
        )
