"""The fewest requests that each platform's contract allows for what was asked of it.

A rule knows the largest page, the most ids and the longest window of one call. What was asked for in
vain, in small pages, one by one or twice is in the requests that were made, and not in the fewest.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil, log2
from typing import Any, cast
from urllib.parse import parse_qs, unquote

from pipeline.simulator.wire import Reply, Request

Asked = tuple[Request, Reply]
Least = Callable[[list[Asked]], int]
_LISTS = ("Actions", "feed", "data", "elements", "items", "comments", "videos", "replies", "descendants", "list")


def items(document: Any) -> list[Any]:
    """The list that an answer holds, wherever it has it."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        for name in _LISTS:
            if isinstance(document.get(name), (list, dict)):
                return items(document[name])
        if isinstance(document.get("thread"), dict):
            return items(document["thread"])
    return []


def _entity(request: Request) -> str:
    """What a list is of: its address without the place in it."""
    place = {
        "cursor",
        "start",
        "max_id",
        "after",
        "page",
        "Page",
        "pageToken",
        "pagination_token",
        "next_token",
        "until_id",
    }
    rest = sorted((name, value) for name, value in request.query if name not in place)
    return f"{request.path}?{rest}"


def _by(asked: Iterable[Asked], key: Callable[[Request], str]) -> Mapping[str, list[Asked]]:
    found: dict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        found[key(each[0])].append(each)
    return found


def once(asked: list[Asked]) -> int:
    """One call for each different question."""
    return len({f"{request.target} {request.body!r}" for request, _ in asked})


def pages(size: int, *, empty: int = 1) -> Least:
    """Lists in the largest pages; ``empty`` is what a list without anything costs."""

    def least(asked: list[Asked]) -> int:
        counts = [sum(len(items(reply.document)) for _, reply in of) for of in _by(asked, _entity).values()]
        return sum(ceil(count / size) if count else empty for count in counts)

    return least


def orders(size: int) -> Least:
    """A shop's orders by GraphQL: a list for each search, in the largest pages."""

    def least(asked: list[Asked]) -> int:
        found: dict[str, int] = defaultdict(int)
        for request, reply in asked:
            document: Any = reply.document
            found[json.loads(request.body)["variables"]["query"]] += len(document["data"]["orders"]["nodes"])
        return sum(max(1, ceil(count / size)) for count in found.values())

    return least


def logs(calls: int, size: int) -> Least:
    """Lists of many days, page by page side by side: the days are known by what they hold."""

    def least(asked: list[Asked]) -> int:
        found: dict[str, int] = defaultdict(int)
        for request, reply in asked:
            for n, part in enumerate(items(reply.document)):
                found[parse_qs(request.form[f"urls[{n}]"])["date"][0]] += len(items(part))
        return ceil(sum(max(1, ceil(count / size)) for count in found.values()) / calls)

    return least


def reports(size: int) -> Least:
    """Reports of a property: each in the largest pages, however many days it is of."""

    def least(asked: list[Asked]) -> int:
        rows: dict[str, int] = defaultdict(int)
        for request, reply in asked:
            body, document = json.loads(request.body), cast("dict[str, Any]", reply.document)
            rows[str({**body, "offset": None})] += len(document.get("rows", []))
        return sum(max(1, ceil(count / size)) for count in rows.values())

    return least


def each(size: int) -> Least:
    """A list below each of many things: those that have nothing need not be asked."""
    return pages(size, empty=0)


def ids(size: int, pattern: str) -> Least:
    """As many ids as one call takes; every id once."""

    def least(asked: list[Asked]) -> int:
        text = (unquote(f"{request.target} {request.body.decode('utf-8', 'replace')}") for request, _ in asked)
        return ceil(len({found for one in text for found in re.findall(pattern, one)}) / size)

    return least


def days(size: int, days_asked: int, key: Callable[[Request], str]) -> Least:
    """The longest windows, for each kind of question that was ever answered with something; else one call."""

    def least(asked: list[Asked]) -> int:
        kinds = _by(asked, key).values()
        windows = sum(ceil(days_asked / size) if any(_tells(reply) for _, reply in of) else 1 for of in kinds)
        return windows + sum(map(_search, kinds))

    return least


def _search(asked: list[Asked]) -> int:
    """What it takes to find what a platform has retired: it refuses the whole call and does not name it.

    Halving finds it with the fewest calls; they are all of the one window in which it was refused.
    """
    windows = _by(asked, lambda request: f"{request.params.get('since')} {request.params.get('until')}").values()
    metrics = max(len(request.params.get("metric", "").split(",")) for request, _ in asked)
    refused = [of for of in windows if any(reply.status == 400 for _, reply in of)]
    return sum(min(len(of) - 1, 2 * ceil(log2(metrics))) for of in refused[:1])


def _tells(reply: Reply) -> bool:
    return reply.status == 200 and bool(reply.document)


@dataclass(frozen=True)
class Rule:
    """Requests whose address matches, and the fewest that their answers could have been had with."""

    pattern: str
    least: Least


@dataclass
class Counted:
    """What was asked of one account, rule by rule."""

    made: int = 0
    least: int = 0
    by_rule: dict[str, tuple[int, int]] = field(default_factory=dict)


def counted(asked: list[Asked], rules: Iterable[Rule]) -> Counted:
    """Raises LookupError for a request that no rule knows: then nobody has thought about it."""
    chosen: dict[str, list[Asked]] = defaultdict(list)
    known = list(rules)
    for request, reply in asked:
        text = unquote(f"{request.target} {request.body.decode('utf-8', 'replace')}")
        rule = next((rule for rule in known if re.search(rule.pattern, text)), None)
        if rule is None:
            raise LookupError(f"no rule for {request.method} {request.target}")
        chosen[rule.pattern].append((request, reply))
    found = Counted(made=len(asked))
    for rule in known:
        if rule.pattern in chosen:
            least = rule.least(chosen[rule.pattern])
            found.by_rule[rule.pattern] = (len(chosen[rule.pattern]), least)
            found.least += least
    return found


def _param(*names: str) -> Callable[[Request], str]:
    return lambda request: "&".join(request.params.get(name) or request.form.get(name, "") for name in names)


def rules(days_asked: int) -> Mapping[str, tuple[Rule, ...]]:
    """By platform; the first rule that matches counts."""
    return {
        "awin": (Rule(r"", days(31, days_asked, _param("dateType"))),),
        "bluesky": (
            Rule(r"getProfiles", ids(25, r"actors=([^& ]+)")),
            Rule(r"getProfile\?", once),
            Rule(r"getAuthorFeed", pages(100)),
            Rule(r"getPostThread", each(10_000)),
        ),
        # Pages overlap by a row, by which a list that moves is known.
        "mailchimp": (Rule(r"", once),),
        "mastodon": (
            Rule(r"/lookup", once),
            Rule(r"/accounts/\d+/statuses", pages(40)),
            Rule(r"/context", each(10_000)),
        ),
        "ecb": (Rule(r"", once),),
        "facebook": (
            Rule(r"/insights", days(90, days_asked, _param("period"))),
            # The comments of a post come with it, a hundred of each: below it is only asked what is beyond them.
            Rule(r"/\d+_\d+/comments\?", each(100)),
            Rule(r"/published_posts", pages(100)),
            Rule(r"/v26.0/\d+\?", once),
        ),
        # Four reports of any number of days, 10,000 rows a page.
        "ga4": (Rule(r"runReport", reports(10_000)), Rule(r"", once)),
        # All days in one answer, if it can be held: what the platform has no limit for is asked for by quarters.
        "google_ads": (
            Rule(r"FROM campaign", days(90, days_asked, lambda _: "")),
            Rule(r"", once),
        ),
        "impact": (Rule(r"", pages(1_000)),),
        "instagram": (
            Rule(r"/v26.0/\?.*ids=", ids(50, r"(?<=[=,])(\d{6,})")),
            Rule(r"breakdown=", once),
            # A total is one of the whole window that is asked for: by day, a call each.
            Rule(r"/insights\?.*total_value", days(1, days_asked, lambda _: "")),
            Rule(r"/insights\?.*since=", days(30, days_asked, _param("period"))),
            Rule(r"/media\?", pages(100)),
            Rule(r"", once),
        ),
        "linkedin": (
            Rule(r"/socialActions/", each(100)),
            Rule(r"/socialMetadata", ids(100, r"urn:li:\w+:\d+")),
            Rule(r"/posts\?", pages(100)),
            Rule(r"shares|ugcPosts", ids(100, r"urn:li:(?:share|ugcPost):\d+")),
            Rule(r"", once),
        ),
        "linkedin_ads": (Rule(r"", once),),
        # A report is ordered once and waited for: how often it is looked at is the platform's haste, and no waste.
        "meta_ads": (
            Rule(r"async_status", len),
            Rule(r"", once),
        ),
        # No limit is documented, but a server that builds its archives when it is asked must not be asked for more.
        "matomo": (
            Rule(r"getGoals", once),
            # Twenty calls to a request: a page of the log of so many days, and all reports of the longest window.
            Rule(r"getLastVisitsDetails", logs(20, 100)),
            Rule(r"", days(31, days_asked, lambda _: "")),
        ),
        # Everything is asked at one address: a question of the day, and two of each way in which visits come.
        "plausible": (Rule(r"", once),),
        # Orders come 80 to a query of 1,000 points, or all at once in the file of a bulk operation.
        "shopify": (
            Rule(r"query Orders", orders(80)),
            Rule(r"query Poll|bulk-results", once),
            Rule(r"", once),
        ),
        "tiktok": (
            Rule(r"/comment/list", each(30)),
            Rule(r"/video/list", pages(20)),
            Rule(r"/business/get", days(60, days_asked, lambda _: "")),
            Rule(r"", once),
        ),
        "tiktok_ads": (
            Rule(r"/report/integrated", days(30, days_asked, lambda _: "")),
            Rule(r"", once),
        ),
        "woocommerce": (Rule(r"/refunds", each(100)), Rule(r"/orders", pages(100))),
        "wordpress": (
            Rule(r"/stats/visits", days(365, days_asked, lambda _: "")),
            Rule(r"/stats/", once),
            Rule(r"/posts|/comments", pages(100)),
            Rule(r"", once),
        ),
        "x": (
            Rule(r"/tweets/analytics", ids(100, r"\d{15,}")),
            Rule(r"/users/\d+/(tweets|mentions)|/search/recent", pages(100)),
            Rule(r"", once),
        ),
        # Twenty campaigns and seven days at most, and each placement by itself.
        "x_ads": (
            Rule(r"/stats/", days(7, days_asked, _param("placement"))),
            Rule(r"", once),
        ),
        "youtube": (
            Rule(r"/playlistItems", pages(50)),
            Rule(r"/videos", ids(50, r"(?<=[=,])([\w-]{11})(?=[,& ])")),
            Rule(r"/commentThreads", pages(100)),
            Rule(r"/comments", each(100)),
            Rule(r"", once),
        ),
    }
