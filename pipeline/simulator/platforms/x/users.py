"""Profiles, and what the app has read this month."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pipeline.simulator.platforms.x.asked import MOST, Asked
from pipeline.simulator.platforms.x.objects import user
from pipeline.simulator.platforms.x.problems import ProblemError, invalid, missing, words
from pipeline.simulator.wire import Reply
from pipeline.simulator.world.networks.x import HANDLES

_PARAMETERS = frozenset({"user.fields", "expansions", "tweet.fields"})
_FIELDS = words(
    "confirmed_email connection_status created_at description entities id is_identity_verified location name parody"
    " profile_banner_url profile_image_url protected public_metrics receives_your_dm subscription subscription_type"
    " url username verified verified_followers_count verified_type withheld"
)
_OLD_FIELDS = frozenset({"affiliation", "most_recent_tweet_id", "pinned_tweet_id"})
_NAME = re.compile(r"[A-Za-z0-9_]{1,15}")
_CAP = 3_000_000


def me(asked: Asked, parts: Mapping[str, str]) -> Reply:
    del parts
    return by_id(asked, {"id": asked.holder.account})


def by_id(asked: Asked, parts: Mapping[str, str]) -> Reply:
    """One profile; an id that nobody has is no error of HTTP."""
    fields = _fields(asked)
    if parts["id"] not in HANDLES:
        return Reply({"errors": [missing("user", "id", parts["id"])]})
    return Reply({"data": user(asked.network, parts["id"], asked.night, fields)})


def by_name(asked: Asked, parts: Mapping[str, str]) -> Reply:
    reply = _named(asked, [parts["name"]])
    document = dict(reply.document) if isinstance(reply.document, dict) else {}
    if "data" in document:
        document["data"] = document["data"][0]
    return Reply(document)


def by_names(asked: Asked, parts: Mapping[str, str]) -> Reply:
    del parts
    names = asked.listed("usernames")
    if not 1 <= len(names) <= MOST or not all(map(_NAME.fullmatch, names)):
        raise ProblemError(invalid("usernames", ",".join(names), f"`usernames` takes 1 to {MOST} names"))
    return _named(asked, names, "usernames")


def _named(asked: Asked, names: Sequence[str], *more: str) -> Reply:
    fields = _fields(asked, *more)
    accounts = {handle.lower(): account for account, handle in HANDLES.items()}
    found = [user(asked.network, accounts[n.lower()], asked.night, fields) for n in names if n.lower() in accounts]
    gone = [missing("user", "usernames", name) for name in names if name.lower() not in accounts]
    return Reply({**({"data": found} if found else {}), **({"errors": gone} if gone else {})})


def usage(asked: Asked, parts: Mapping[str, str]) -> Reply:
    """Numbers as the description of that dialect has them: texts in the newer one."""
    del parts
    asked.known({"days", "usage.fields"})
    days = asked.request.params.get("days", "7")
    if not days.isdecimal() or not 1 <= int(days) <= 90:
        raise ProblemError(invalid("days", days, "`days` is between 1 and 90"))
    text = str if asked.holder.dialect == "post" else int
    daily = [
        {"date": f"{asked.night - timedelta(days=n)}T00:00:00.000Z", "usage": str(100 + n) if text is str else 100 + n}
        for n in range(int(days))
    ]
    project = "1440010000" if text is str else 1440010000
    told = {"cap_reset_day": 9, "project_cap": text(_CAP), "project_id": "1440010000", "project_usage": text(11_174)}
    if "daily_project_usage" in asked.listed("usage.fields"):
        return Reply({"data": {**told, "daily_project_usage": {"project_id": project, "usage": daily}}})
    return Reply({"data": told})


def _fields(asked: Asked, *more: str) -> tuple[str, ...]:
    asked.known(_PARAMETERS | set(more))
    known = _FIELDS | (_OLD_FIELDS if asked.holder.dialect == "tweet" else frozenset())
    for name in asked.listed("user.fields"):
        if name not in known:
            raise ProblemError(invalid("user.fields", name, f"The `user.fields` value [{name}] is not a known one"))
    return asked.listed("user.fields")
