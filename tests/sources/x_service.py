"""Lists in the shapes of X's API v2, made by hand: one account, its posts, and what people wrote to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.settings import Account
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import Read, account, fetch, unit

ACCOUNT = "1440010000000000001"
PROBLEMS = "https://api.x.com/2/problems/"
# When the platform answers: the Date of every answer.
NOW = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)
Rows = list[dict[str, Any]]


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def post(number: int, at: str = "2026-11-01T10:00:00.000Z", **more: Any) -> dict[str, Any]:
    """A post that nobody has answered."""
    metrics = {"retweet_count": 1, "reply_count": 0, "like_count": number, "quote_count": 0, "impression_count": 50}
    return {"id": str(10**18 + number), "text": f"Post {number}", "created_at": at, "public_metrics": metrics, **more}


def answered(number: int) -> dict[str, Any]:
    """A post under which somebody wrote."""
    row = post(number)
    row["public_metrics"]["reply_count"] = 2
    return row


def response(number: int, **more: Any) -> dict[str, Any]:
    found = {"id": str(2 * 10**18 + number), "text": "@atelier_marin why?", "created_at": "2026-11-02T11:00:00.000Z"}
    return {**found, "author_id": "77001", "conversation_id": str(10**18 + 1), **more}


def problem(status: int, kind: str, detail: str = "No.", **more: Any) -> Reply:
    body = {"title": "Problem", "detail": detail, "type": PROBLEMS + kind if kind else "about:blank", "status": status}
    return Reply({**body, **more}, status)


def listed(rows: Sequence[dict[str, Any]], asked: Asked, size: int | None = None) -> Reply:
    """A page, newest first; the token is the place where the next one begins."""
    start = int(asked.query.get("pagination_token") or asked.query.get("next_token") or 0)
    if "until_id" in asked.query:
        start = next((n for n, row in enumerate(rows) if int(row["id"]) < int(asked.query["until_id"])), len(rows))
    shown = list(rows[start : start + (size or int(asked.query["max_results"]))])
    if not shown:
        return Reply({"meta": {"result_count": 0}})
    meta = {"result_count": len(shown), "newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
    if start + len(shown) < len(rows):
        meta["next_token"] = str(start + len(shown))
    return Reply({"data": shown, "meta": meta})


class Service:
    """``rows`` by the last part of the path; ``before`` may answer instead; ``size`` makes every page that short."""

    def __init__(self, server: Loopback, posts: Rows | None = None, **rows: Rows) -> None:
        self.server = server
        self.rows: dict[str, Rows] = {"tweets": posts or [], "mentions": [], "recent": [], **rows}
        self.before: Callable[[Asked], Reply | None] = lambda _: None
        self.size: int | None = None
        self.dialect = "tweet"
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        early = self.before(asked)
        if early is not None:
            return early
        other = {"tweet": "post.fields", "post": "tweet.fields"}[self.dialect]
        if other in asked.query:
            return problem(400, "invalid-request", errors=[{"message": f"[{other}] is not known", "parameters": {}}])
        last = asked.path.rsplit("/", 1)[-1]
        if asked.path == "/2/tweets":
            wanted = asked.query["ids"].split(",")
            return Reply({"data": [row for row in self.rows["tweets"] if row["id"] in wanted]})
        if last in self.rows:
            return listed([row for row in self.rows[last] if self._within(row, asked)], asked, self.size)
        return Reply({"data": self._single(last, asked)})

    def _single(self, last: str, asked: Asked) -> object:
        """What is no list of posts."""
        if last == "analytics":
            return [self.days(one) for one in asked.query["ids"].split(",")]
        if last == "by":
            return [profile(str(n), name) for n, name in enumerate(asked.query["usernames"].split(","))]
        return profile(ACCOUNT, "atelier_marin")

    def of(self, part: str) -> list[Asked]:
        """The requests whose path ends so."""
        return [asked for asked in self.server.asked if asked.path.endswith(part)]

    def days(self, post_id: str) -> dict[str, Any]:
        """The analytics of a post: one day."""
        metrics = {"impressions": 5, "likes": 1}
        return {"id": post_id, "timestamped_metrics": [{"timestamp": "2026-11-02T00:00:00Z", "metrics": metrics}]}

    def _within(self, row: dict[str, Any], asked: Asked) -> bool:
        at = datetime.fromisoformat(row["created_at"])
        start = datetime.fromisoformat(asked.query["start_time"])
        end = datetime.fromisoformat(asked.query.get("end_time", iso(NOW + timedelta(days=1))))
        return start <= at < end


def profile(account: str, name: str) -> dict[str, Any]:
    metrics = {"followers_count": 8412, "following_count": 1, "tweet_count": 9, "listed_count": 0}
    return {"id": account, "name": "Somebody", "username": name, "public_metrics": metrics}


def there(server: Loopback, secrets: dict[str, str] | None = None, **options: Any) -> Account:
    """The account of the fixtures, read from this server."""
    return account("x", server.base, secrets=secrets, **options)


def read(server: Loopback, days: int = 3, **options: Any) -> Read:
    """One night of it."""
    found = there(server, **options)
    return fetch(found, unit(found, days))


def posts(count: int) -> Rows:
    """So many posts of one morning, newest first."""
    return [post(n) for n in range(count, 0, -1)]


def notes(found: Read, kind: str) -> list[str]:
    """What people are told under that heading."""
    return [note.message for note in found.notes if note.kind == kind]
