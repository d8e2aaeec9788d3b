"""Members whose membership changed, each under a name that only we could make of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import msgspec

from pipeline.http import Session
from pipeline.settings import Account
from pipeline.sources._answers import decode, moment
from pipeline.sources._persons import person
from pipeline.sources.mailchimp.api import after, walked
from pipeline.streams import Unit

# Who leaves later has been a subscriber: nothing that was counted so long ago changes any more, and no night
# builds years anew because somebody has had enough.
SETTLED = timedelta(days=90)
_ASKED = ("id", "status", "timestamp_signup", "timestamp_opt", "last_changed", "source")


class _Member(msgspec.Struct):
    id: str
    status: str
    last_changed: str
    timestamp_signup: str = ""
    timestamp_opt: str = ""
    source: str | None = None


def changed(account: Account, unit: Unit, http: Session) -> Iterator[bytes]:
    """Members that changed in the window and whose sign-up is not settled yet."""
    rows = walked(
        account,
        http,
        f"lists/{quote(account.id, safe='')}/members",
        "members",
        {
            "fields": ",".join([*(f"members.{name}" for name in _ASKED), "total_items"]),
            "since_last_changed": after(account, unit.window.since),
            # The last second of the window: a night that is read late knows nothing of the days after it.
            "before_last_changed": after(account, unit.window.until + timedelta(days=1)),
            "sort_field": "last_changed",
            "sort_dir": "ASC",
        },
    )
    for row in rows:
        member = decode(msgspec.Raw(row), _Member, "a member")
        if _counts(member):
            yield _kept(account, member)


def _counts(member: _Member) -> bool:
    """Whether it ever signed up, and so shortly before its change that the change is about that."""
    text = member.timestamp_opt or member.timestamp_signup
    if not text:
        return False
    return moment(member.last_changed, "a member's change") - moment(text, "a sign-up") <= SETTLED


def _kept(account: Account, member: _Member) -> bytes:
    return msgspec.json.encode(
        {
            # The same address in another audience is another sign-up.
            "member": person(account, f"{account.id}:{member.id}"),
            "status": member.status,
            "timestamp_signup": member.timestamp_signup or None,
            "timestamp_opt": member.timestamp_opt or None,
            "last_changed": member.last_changed or None,
            "source": member.source,
        }
    )
