"""Lists of posts: an account's own, those that mention it, those of a conversation; and their analytics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from pipeline.simulator.platforms.x import objects
from pipeline.simulator.platforms.x.asked import Asked
from pipeline.simulator.platforms.x.objects import Object
from pipeline.simulator.platforms.x.problems import ProblemError, invalid, missing, words
from pipeline.simulator.wire import Reply
from pipeline.simulator.world.calendar import days, observed_at
from pipeline.simulator.world.community import Story

BEGINNING = datetime(2010, 11, 6, tzinfo=UTC)
RECENT = timedelta(days=7)
LONGEST_QUERY = 512
OBJECTS = frozenset({"tweet.fields", "expansions", "user.fields", "media.fields", "poll.fields", "place.fields"})
LIST = OBJECTS | {"max_results", "pagination_token", "start_time", "end_time", "since_id", "until_id"}
METRICS: Mapping[str, str] = {
    "impressions": "views",
    "likes": "reactions",
    "replies": "comments",
    "bookmarks": "saves",
    "url_clicks": "clicks",
    "follows": "follows",
}
ANALYTICS = words(
    "app_install_attempts app_opens bookmarks detail_expands email_tweet engagements follows hashtag_clicks id"
    " impressions likes media_views permalink_clicks quote_tweets replies retweets shares timestamp unfollows unlikes"
    " url_clicks user_profile_clicks"
)
_QUERY = re.compile(r"\(?(?P<ids>conversation_id:\d{1,19}(?: OR conversation_id:\d{1,19})*)\)?(?: -from:(?P<not>\w+))?")


def timeline(asked: Asked, parts: Mapping[str, str]) -> Reply:
    """What the account wrote, answered and passed on, newest first."""
    asked.known(LIST | {"exclude"})
    account, network, night = parts["id"], asked.network, asked.night
    without = asked.listed("exclude")
    if not set(without) <= {"replies", "retweets"}:
        raise ProblemError(invalid("exclude", ",".join(without), "`exclude` takes replies and retweets"))
    begin, end = asked.moment("start_time", BEGINNING), asked.moment("end_time", asked.now)
    size = asked.size(5, 10)
    if account not in network.manners.accounts:
        return Reply({"errors": [missing("user", "id", account)]})
    found = [objects.story(network, s, night) for s in network.stories(account, night, begin, end)]
    found += [objects.response(network, r) for r in network.answered(account, night, begin, end) if r.is_own]
    found += [objects.repost(r, account) for r in network.reposts(account, night, begin, end)]
    kept = [
        seen
        for seen in found
        if not (seen.is_reply and "replies" in without) and not (seen.is_repost and "retweets" in without)
    ]
    return asked.page(kept, size, "pagination_token")


def mentions(asked: Asked, parts: Mapping[str, str]) -> Reply:
    """What others wrote to the account: in answer to it, or anywhere with its name."""
    asked.known(LIST)
    network, night = asked.network, asked.night
    begin, end = asked.moment("start_time", BEGINNING), asked.moment("end_time", asked.now)
    size = asked.size(5, 10)
    answers = network.answered(parts["id"], night, max(begin, _reachable(night)), end)
    found = [objects.response(network, r) for r in answers if r.parent is None and not r.is_own]
    found += [objects.mention(m) for m in network.mentions(parts["id"], night, begin, end)]
    return asked.page(found, size, "pagination_token")


def search(asked: Asked, parts: Mapping[str, str]) -> Reply:
    """The conversations of the query, as far as they are not older than a week."""
    del parts
    asked.known((LIST - {"pagination_token"}) | {"query", "next_token", "pagination_token", "sort_order"})
    query = asked.request.params.get("query", "")
    read = _QUERY.fullmatch(query)
    if read is None or len(query) > LONGEST_QUERY:
        raise ProblemError(invalid("query", query[:40], "The query is missing, too long, or not one that can be read"))
    oldest = asked.now - RECENT
    begin, end = asked.moment("start_time", oldest), asked.moment("end_time", asked.now)
    if begin < oldest:
        told = f"'start_time' must be on or after {objects.iso(oldest)}"
        raise ProblemError(invalid("start_time", objects.iso(begin), told))
    wanted = {part.removeprefix("conversation_id:") for part in read["ids"].split(" OR ")}
    network, night = asked.network, asked.night
    found = [
        objects.response(network, r)
        for account in network.own
        for r in network.answered(account, night, begin, end)
        if network.story_id(r.post) in wanted
    ]
    return asked.page(
        [s for s in found if s.author != read["not"]], asked.size(10, 10), "next_token", "pagination_token"
    )


def by_ids(asked: Asked, parts: Mapping[str, str]) -> Reply:
    """Posts by their ids; those that are gone stand beside the data."""
    del parts
    asked.known(OBJECTS | {"ids"})
    ids = asked.ids()
    stories = {post_id: story for post_id in ids if (story := _visible(asked, post_id)) is not None}
    shown = [objects.story(asked.network, stories[post_id], asked.night) for post_id in ids if post_id in stories]
    gone: list[object] = [missing("tweet", "ids", post_id) for post_id in ids if post_id not in stories]
    told = asked.told(shown)
    earlier = told.pop("errors", [])
    errors = [*earlier, *gone] if isinstance(earlier, list) else gone
    return Reply({**({} if not shown else told), **({"errors": errors} if errors else {})})


def analytics(asked: Asked, parts: Mapping[str, str]) -> Reply:
    """What single posts gathered day by day; only their owner is told."""
    del parts
    asked.known({"ids", "start_time", "end_time", "granularity", "analytics.fields"})
    fields, ids = asked.listed("analytics.fields"), asked.ids()
    for name in ("start_time", "end_time"):
        if name not in asked.request.params:
            raise ProblemError(invalid(name, "", f"The `{name}` query parameter can not be empty"))
    if asked.request.params.get("granularity", "total") != "daily":
        raise ProblemError(
            invalid("granularity", asked.request.params.get("granularity", ""), "Only daily is simulated")
        )
    for name in fields:
        if name not in ANALYTICS:
            raise ProblemError(invalid("analytics.fields", name, f"The value [{name}] is not a known one"))
    first, last = asked.moment("start_time", asked.now).date(), asked.moment("end_time", asked.now)
    data: list[Object] = []
    errors: list[object] = []
    for post_id in ids:
        story = _visible(asked, post_id)
        if story is None or story.account != asked.holder.account:
            errors.append(missing("tweet", "ids", post_id))
            continue
        until = (last - timedelta(seconds=1)).date()
        data.append({"id": post_id, "timestamped_metrics": list(_buckets(asked, story, first, until, fields))})
    return Reply({**({"data": data} if data else {}), **({"errors": errors} if errors else {})})


def _buckets(asked: Asked, story: Story, first: date, last: date, fields: tuple[str, ...]) -> Iterator[Object]:
    for day in days(max(first, story.created.date()), last):
        told = asked.network.analytics(story, day, asked.night)
        if told is None:
            continue
        shares = told["shares"]
        all_of = {name: told[part] for name, part in METRICS.items()}
        all_of |= {"quote_tweets": shares // 5, "retweets": shares - shares // 5, "shares": told["saves"] // 2}
        all_of |= {"user_profile_clicks": told["clicks"] // 4, "unfollows": 0}
        metrics: dict[str, int | None] = {name: all_of.get(name) for name in fields if name not in ("id", "timestamp")}
        if "engagements" in fields:
            metrics["engagements"] = sum(value for name, value in all_of.items() if name != "impressions")
        yield {"timestamp": f"{day.isoformat()}T00:00:00Z", "metrics": metrics}


def _visible(asked: Asked, post_id: str) -> Story | None:
    found = (asked.network.story_of(account, post_id) for account in asked.network.manners.accounts)
    story = next((one for one in found if one is not None), None)
    return story if story is not None and asked.network.visible(story, asked.night) else None


def _reachable(night: date) -> datetime:
    """Only the newest mentions are kept within reach: the platform gives 800 of them."""
    return observed_at(night) - timedelta(days=60)
