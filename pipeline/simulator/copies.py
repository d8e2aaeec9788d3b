"""More accounts than the brand has: copies of them, each with an id and an address of its own.

A copy answers below ``/copy-07/`` as its original does, with its own id in the place of the
original's. It is a page, a user and a credential of its own where the platform counts by these; an
app, a member and an address are shared, as they are in a brand with many accounts. No demonstration has any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from pipeline.simulator.allowance import COPY
from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.platforms import ACCOUNTS, ENVIRONMENT, PLATFORMS
from pipeline.simulator.platforms.tiktok.grants import access_token
from pipeline.simulator.wire import Reply, Request

MOST = 20
# Where every account has a token of its own, which the platform counts by.
_OWN_TOKENS = frozenset({"VIGIE_SIM_FACEBOOK_TOKEN", "VIGIE_SIM_FACEBOOK_SMALL_TOKEN", "VIGIE_SIM_X_TOKEN"}) | {
    "VIGIE_SIM_INSTAGRAM_TOKEN",
    "VIGIE_SIM_INSTAGRAM_SMALL_TOKEN",
}
_PREFIX = re.compile(r"/copy-(\d\d)(?=/)")
# Ids of so few characters are words of every answer: they are only told to the platform.
_SHORT = 4


def alias(platform: str, account: str, copy: int) -> str:
    """The id of a copy, in the form that the platform's ids have."""
    letters = f"{chr(97 + copy // 10)}{chr(97 + copy % 10)}"
    if account.isdecimal():
        return f"{account[:-5]}{70 + copy}{account[-3:]}" if len(account) > _SHORT else f"{account}{copy:02d}"
    if platform == "tiktok":
        return f"-0{copy:02d}{account.removeprefix('-000')}"
    if platform in {"youtube", "bluesky"}:
        return f"{account[:-3]}{letters}{account[-1]}" if account[:3] in {"did", "UCs"} else f"{letters}-{account}"
    return f"{account}{copy:02d}"


@dataclass(frozen=True)
class Copy:
    """One copy of all accounts: what its clients write, and what the platforms understand."""

    number: int
    _to_original: Callable[[str], str]
    _to_alias: Callable[[str], str]

    def heard(self, request: Request) -> Request:
        """The request as the original account's reader would have made it."""
        said = self._to_original
        return replace(
            request,
            path=said(_PREFIX.sub("", request.path)),
            target=said(_PREFIX.sub("", request.target)),
            query=tuple((name, said(value)) for name, value in request.query),
            headers={
                **{name: said(value) for name, value in request.headers.items()},
                "host": f"{request.headers.get('host', 'localhost')}/copy-{self.number:02d}",
                COPY: str(self.number),
            },
            body=said(request.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"),
        )

    def told(self, reply: Reply) -> Reply:
        """The reply with the ids of the copy."""
        text = json.dumps(reply.document, separators=(",", ":")) if reply.text is None else reply.text
        headers = tuple((name, self._to_alias(value)) for name, value in reply.headers)
        return replace(reply, text=self._to_alias(text), headers=headers)


def copy_of(request: Request) -> Copy | None:
    """The copy that is asked, None for the brand's own accounts."""
    found = _PREFIX.match(request.path)
    return _copy(int(found[1])) if found else None


@cache
def _copy(number: int) -> Copy:
    ids = {alias(account.platform, account.id, number): account.id for account in ACCOUNTS}
    ids = {made: original for made, original in ids.items() if made != original}
    long = {original: made for made, original in ids.items() if len(original) > _SHORT}
    # A playlist of a channel has its id but for the first letters.
    ids |= {f"UU{made[2:]}": f"UU{original[2:]}" for original, made in long.items() if original.startswith("UC")}
    long |= {original: made for made, original in ids.items() if original.startswith("UU")}
    suffix = f"-copy{number:02d}"
    original, aliased = _translation(ids), _translation(long)
    return Copy(number, lambda text: original(text.replace(suffix, "")), aliased)


def _translation(words: Mapping[str, str]) -> Callable[[str], str]:
    """Every word of these, but none that is a part of another one; a quoted sign may stand before it."""
    some = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pattern = re.compile(rf"(?:(?<![0-9A-Za-z.-])|(?<=%[0-9A-Fa-f]{{2}}))(?:{some})(?![0-9A-Za-z-])")
    return lambda text: pattern.sub(lambda found: words[found[0]], text)


def accounts(copies: int) -> Iterator[tuple[int, BrandAccount]]:
    """The brand's API accounts and their copies: number 0 is the original. ValueError for too many."""
    if not 0 <= copies <= MOST:
        raise ValueError(f"at most {MOST} copies, not {copies}")
    for number in range(copies + 1):
        for account in ACCOUNTS:
            made = alias(account.platform, account.id, number) if number else account.id
            yield number, replace(account, id=made, receives_visits=account.receives_visits and not number)


def settings(base: str, copies: int) -> Iterator[tuple[BrandAccount, list[str]]]:
    """Every account with the lines of its settings that are the platform's own."""
    originals = [account for _ in range(copies + 1) for account in ACCOUNTS]
    for (number, account), original in zip(accounts(copies), originals, strict=True):
        lines = PLATFORMS[account.platform].settings(original, f"{base}/copy-{number:02d}" if number else base)
        if number:
            names = [name for name in _OWN_TOKENS if any(f'"env:{name}"' in line for line in lines)]
            for name in names:
                lines = [line.replace(f'"env:{name}"', f'"env:{name}_{number:02d}"') for line in lines]
            if account.platform == "tiktok":
                lines.append(f'token = "env:{_tiktok_token(original.id, number)}"')
        if copies and account.platform == "tiktok":
            # Nights of so many accounts are for limits that count, and of these no answer tells.
            lines.append('paced = "always"')
        yield account, lines


def environment(copies: int, night: date) -> dict[str, str]:
    """The secrets of all copies. TikTok's are access tokens of that night: a refresh token can be spent once."""
    own = {
        f"{name}_{number:02d}": f"{ENVIRONMENT[name]}-copy{number:02d}"
        for name in _OWN_TOKENS
        for number in range(1, copies + 1)
    }
    videos = {
        _tiktok_token(account.id, number): access_token(alias("tiktok", account.id, number), night)
        for account in ACCOUNTS
        for number in range(1, copies + 1)
        if account.platform == "tiktok"
    }
    return {**own, **videos}


def _tiktok_token(account: str, copy: int) -> str:
    return f"VIGIE_SIM_TIKTOK_{account.removeprefix('-000').upper()}_{copy:02d}"
