"""What a request of X asks for: its parameters read and checked, a page of a list cut out."""

from __future__ import annotations

import binascii
import re
from base64 import b32hexdecode, b32hexencode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pipeline.simulator.platforms.x.account import Holder
from pipeline.simulator.platforms.x.objects import PRIVATE, Object, Seen, too_old
from pipeline.simulator.platforms.x.problems import ProblemError, invalid, not_yours
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world.calendar import observed_at
from pipeline.simulator.world.networks.x import HANDLES, XNetwork

MOST = 100
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z")
_ID = re.compile(r"\d{1,19}")
_ALWAYS = ("id", "text", "edit_history_tweet_ids")
_READABLE = ("author_id", "in_reply_to_user_id")


@dataclass(frozen=True)
class Asked:
    """One request of one holder of a token, as of a night."""

    request: Request
    holder: Holder
    network: XNetwork
    night: date

    @property
    def now(self) -> datetime:
        return observed_at(self.night)

    def known(self, names: Collection[str]) -> None:
        """Refuse parameters that this endpoint does not have."""
        for name in self.request.params:
            if name not in names:
                raise ProblemError(
                    invalid(name, self.request.params[name], f"The query parameter [{name}] is not known")
                )

    def listed(self, name: str) -> tuple[str, ...]:
        return tuple(part for part in self.request.params.get(name, "").split(",") if part)

    def ids(self) -> tuple[str, ...]:
        found = self.listed("ids")
        if not 1 <= len(found) <= MOST or not all(map(_ID.fullmatch, found)):
            raise ProblemError(invalid("ids", len(found), f"`ids` takes 1 to {MOST} ids"))
        return found

    def moment(self, name: str, default: datetime) -> datetime:
        text = self.request.params.get(name)
        if text is None:
            return default
        if not _MOMENT.fullmatch(text):
            raise ProblemError(invalid(name, text, f"Invalid `{name}`: write YYYY-MM-DDTHH:mm:ssZ"))
        found = datetime.fromisoformat(text).astimezone(UTC)
        if name == "end_time" and found > self.now - timedelta(seconds=10):
            raise ProblemError(
                invalid(name, text, "'end_time' must be a minimum of 10 seconds prior to the request time")
            )
        return found

    def size(self, least: int, default: int) -> int:
        text = self.request.params.get("max_results", str(default))
        if not text.isdecimal() or not least <= int(text) <= MOST:
            told = f"The `max_results` query parameter value [{text}] is not between {least} and {MOST}"
            raise ProblemError(invalid("max_results", text, told))
        return int(text)

    def _id(self, name: str, text: str) -> int:
        if not _ID.fullmatch(text):
            raise ProblemError(invalid(name, text, f"The `{name}` query parameter value [{text}] is no id"))
        return int(text)

    def page(self, found: Sequence[Seen], size: int, *names: str) -> Reply:
        """One page of a list, newest first; the token says after which post the next one begins."""
        ordered = sorted(found, key=lambda seen: int(seen.id), reverse=True)
        for name, keeps in (("since_id", int.__gt__), ("until_id", int.__lt__)):
            bound = self.request.params.get(name)
            if bound is not None:
                ordered = [seen for seen in ordered if keeps(int(seen.id), self._id(name, bound))]
        after = next((self.request.params[name] for name in names if name in self.request.params), None)
        if after is not None:
            ordered = [seen for seen in ordered if int(seen.id) < _place(after)]
        shown = ordered[:size]
        if not shown:
            return Reply({"meta": {"result_count": 0}})
        meta: Object = {"newest_id": shown[0].id, "oldest_id": shown[-1].id, "result_count": len(shown)}
        if len(ordered) > size:
            meta["next_token"] = _token(shown[-1].id)
        return Reply({**self.told(shown), "meta": meta})

    def told(self, shown: Sequence[Seen]) -> dict[str, object]:
        """The posts with their fields, what they expand to, and which private fields are not shown."""
        fields = (*_ALWAYS, *self.listed("tweet.fields"))
        errors: list[object] = []
        data: list[Object] = []
        for seen in shown:
            hidden = self._hidden(seen, fields)
            errors += [not_yours(seen.id, field) for field in hidden]
            data.append({name: seen.body[name] for name in fields if name in seen.body and name not in hidden})
        return {"data": data, **self._includes(shown), **({"errors": errors} if errors else {})}

    def _hidden(self, seen: Seen, fields: Collection[str]) -> tuple[str, ...]:
        mine = self.holder.user and seen.author == self.holder.account
        if mine and not too_old(seen, self.night):
            return ()
        return tuple(name for name in PRIVATE if name in fields)

    def _includes(self, shown: Sequence[Seen]) -> dict[str, object]:
        """Users and posts that the expansions lead to, each once."""
        expansions = self.listed("expansions")
        people = {
            str(seen.body[name]) for name in _READABLE if name in expansions for seen in shown if name in seen.body
        }
        linked: set[str] = set()
        if "referenced_tweets.id" in expansions:
            for seen in shown:
                told = seen.body.get("referenced_tweets")
                linked |= {str(reference["id"]) for reference in told} if isinstance(told, list) else set()
        found: dict[str, object] = {}
        if people:
            names = {person: HANDLES.get(person, f"someone_{person}"[:15]) for person in sorted(people)}
            found["users"] = [
                {"id": who, "name": "Nobody Inparticular", "username": name} for who, name in names.items()
            ]
        if linked:
            found["tweets"] = [
                {"id": post_id, "text": "A post that another one refers to.", "edit_history_tweet_ids": [post_id]}
                for post_id in sorted(linked)
            ]
        return {"includes": found} if found else {}


def _token(post_id: str) -> str:
    return b32hexencode(post_id.encode()).decode().rstrip("=").lower()


def _place(token: str) -> int:
    try:
        return int(b32hexdecode(token.upper() + "=" * (-len(token) % 8)).decode())
    except (ValueError, binascii.Error):
        raise ProblemError(invalid("pagination_token", token, "Invalid pagination token")) from None
