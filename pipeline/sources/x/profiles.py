"""Profiles of X as they are now: the account itself, and others that are watched for their public numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pipeline.errors import SourceChanged, SourceRefused
from pipeline.http import Session
from pipeline.settings import Account
from pipeline.sources._answers import decode, in_front, is_object, too_late, whole
from pipeline.sources.x.api import MOST, Api
from pipeline.sources.x.problems import faults, judge
from pipeline.streams import Absent, Note, Page, Unit, Yield


class _Profile(msgspec.Struct):
    """A profile as it is kept; the name of its owner is not."""

    id: str
    username: str = ""
    public_metrics: msgspec.Raw = msgspec.Raw(b"null")


class _One(msgspec.Struct):
    data: _Profile | None = None


class _Many(msgspec.Struct):
    data: list[_Profile] = []


class _Counts(msgspec.Struct):
    followers_count: msgspec.Raw = msgspec.Raw(b"null")


def introduced(account: Account, http: Session) -> str:
    """The account's name and followers, in one call."""
    answer = http.get(f"/2/users/{account.id}", (("user.fields", "public_metrics"),), judge=judge)
    profile = decode(answer, _One, "the account").data
    if profile is None:
        raise SourceRefused(_unknown(account))
    metrics = profile.public_metrics
    counts = decode(metrics, _Counts, "the metrics of the account") if is_object(metrics) else _Counts()
    followers = whole(counts.followers_count)
    return f"@{profile.username}, {'an unknown number of' if followers is None else f'{followers:,}'} followers"


def account_now(api: Api, unit: Unit) -> Iterator[Yield]:
    """The account as it is when the night is read."""
    api.purse.affordable(1, "user")
    answer = api.get(f"/users/{api.account.id}", (("user.fields", "public_metrics"),))
    profile = decode(answer, _One, "the account").data
    if profile is None:
        raise SourceRefused(_unknown(api.account))
    # The answer has told what day it is where the platform counts.
    api.purse.open(api.now.date())
    api.purse.buy("user", [profile.id])
    late = too_late(unit, api.http)
    yield Absent("account", late) if late else Page("account", [_kept(profile, unit)])


def tracked_now(api: Api, unit: Unit, names: Sequence[str]) -> Iterator[Yield]:
    """Profiles of others: a hundred in one call. A name that nobody has (any more) is told."""
    late = too_late(unit, api.http)
    if late:
        yield Absent("tracked", late)
        return
    for start in range(0, len(names), MOST):
        batch = names[start : start + MOST]
        api.purse.affordable(len(batch), "user", least=len(batch))
        params = (("usernames", ",".join(batch)), ("user.fields", "public_metrics"))
        answer = api.get("/users/by", params)
        profiles = decode(answer, _Many, "the tracked accounts").data
        api.purse.buy("user", [profile.id for profile in profiles])
        yield Page("tracked", [_kept(profile, unit) for profile in profiles])
        gone = faults(answer)
        told = {one.lower() for one in (*(p.username for p in profiles), *(fault.about for fault in gone))}
        if lacking := [name for name in batch if name.lower() not in told]:
            raise SourceChanged(f"the tracked accounts lack {', '.join(lacking[:3])}, and nothing says why")
        for fault in gone:
            yield Note("tracked_missing", f"no account @{fault.about}: {fault.title or fault.kind}")


def _kept(profile: _Profile, unit: Unit) -> bytes:
    return in_front(msgspec.json.encode(profile), day=unit.night.isoformat())


def _unknown(account: Account) -> str:
    return f"check the id of the account: the platform knows no account {account.id}, or does not show it"
