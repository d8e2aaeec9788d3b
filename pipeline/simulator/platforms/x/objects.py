"""Posts and users as X writes them: only the fields that were asked for, in the words of tweets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.simulator.world.calendar import observed_at
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.x import HANDLES, Mention, Repost, XNetwork, person_id
from pipeline.simulator.world.posts import SHOP

PRIVATE = ("non_public_metrics", "organic_metrics")
PRIVATE_DAYS = timedelta(days=30)
_LINK = "https://t.co/"
_PHOTO = "3_"

Object = dict[str, object]


@dataclass(frozen=True)
class Seen:
    """Something that a list shows: ``body`` has every field, ``author`` is whose it is."""

    id: str
    created: datetime
    author: str
    body: Mapping[str, object]
    is_reply: bool = False
    is_repost: bool = False


def iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def story(network: XNetwork, of: Story, night: date) -> Seen:
    """One of the brand's own posts."""
    post_id, counted = network.story_id(of), network.counters(of, night)
    quotes = counted["shares"] // 5
    public = {
        "retweet_count": counted["shares"] - quotes,
        "reply_count": counted["comments"],
        "like_count": counted["reactions"],
        "quote_count": quotes,
        "bookmark_count": counted["saves"],
        "impression_count": counted["views"],
    }
    visits = 3 * counted["follows"] + counted["clicks"] // 4
    private = {
        "impression_count": counted["views"],
        "url_link_clicks": counted["clicks"],
        "user_profile_clicks": visits,
        "engagements": sum(public.values()) - counted["views"] + counted["clicks"] + visits,
    }
    text, entities = _shortened(of.text)
    body: Object = {
        **_plain(post_id, of.created, of.account, text),
        "conversation_id": post_id,
        "entities": entities,
        "public_metrics": public,
        "non_public_metrics": private,
        "organic_metrics": {**public, **private},
    }
    if of.kind == "photo":
        body["attachments"] = {"media_keys": [_PHOTO + post_id]}
    if of.kind == "quote":
        body["referenced_tweets"] = [{"type": "quoted", "id": str(int(post_id) - 10**15)}]
    if of.kind == "thread":
        body["referenced_tweets"] = [{"type": "replied_to", "id": str(int(post_id) - 10**13)}]
        body["in_reply_to_user_id"] = of.account
        body["conversation_id"] = post_id
    return Seen(post_id, of.created, of.account, {k: v for k, v in body.items() if v}, is_reply=of.kind == "thread")


def response(network: XNetwork, of: Response) -> Seen:
    """What somebody, or the brand itself, wrote under one of the brand's posts."""
    root, brand = network.story_id(of.post), of.post.account
    above = next((r for r in network.responses(of.post) if r.serial == of.parent), None)
    author = brand if of.is_own else person_id(of.person)
    to = brand if above is None or above.is_own else person_id(above.person)
    found_id = network.response_id(of)
    body = _plain(found_id, of.created, author, f"@{HANDLES.get(to, 'someone')} {of.text}")
    return Seen(
        found_id,
        of.created,
        author,
        {
            **body,
            "conversation_id": root,
            "in_reply_to_user_id": to,
            "referenced_tweets": [{"type": "replied_to", "id": root if above is None else network.response_id(above)}],
            "public_metrics": _public(of.likes),
        },
        is_reply=True,
    )


def mention(of: Mention) -> Seen:
    author = person_id(of.person)
    body = {**_plain(of.id, of.created, author, of.text), "conversation_id": of.id, "public_metrics": _public(0)}
    return Seen(of.id, of.created, author, body)


def repost(of: Repost, account: str) -> Seen:
    body = _plain(of.id, of.created, account, "RT @voilerie_ouest: new sails")
    told = [{"type": "retweeted", "id": of.original}]
    return Seen(
        of.id,
        of.created,
        account,
        {**body, "conversation_id": of.id, "referenced_tweets": told, "public_metrics": _public(0)},
        is_repost=True,
    )


def user(network: XNetwork, account: str, night: date, fields: Collection[str]) -> Object:
    """A profile with the fields that were asked for."""
    audience = network.manners.accounts[account]
    told: Object = {
        "id": account,
        "name": HANDLES[account].replace("_", " ").title(),
        "username": HANDLES[account],
        "created_at": "2011-05-12T08:30:00.000Z",
        "verified": audience.followers > 1000,
        "protected": False,
        "public_metrics": {
            "followers_count": network.level(account, night),
            "following_count": 120,
            "tweet_count": network.posted_count(account, night),
            "listed_count": audience.followers // 100,
            "like_count": 640,
        },
    }
    return {name: value for name, value in told.items() if name in {"id", "name", "username", *fields}}


def too_old(seen: Seen, night: date) -> bool:
    """Private metrics end thirty days after the post."""
    return observed_at(night) - seen.created > PRIVATE_DAYS


def _plain(post_id: str, created: datetime, author: str, text: str) -> Object:
    return {
        "id": post_id,
        "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "edit_history_tweet_ids": [post_id],
        "created_at": iso(created),
        "author_id": author,
        "lang": "en",
    }


def _public(likes: int) -> Object:
    counted = ("retweet_count", "reply_count", "quote_count", "bookmark_count")
    return {**dict.fromkeys(counted, 0), "like_count": likes, "impression_count": 20 + 3 * likes}


def _shortened(text: str) -> tuple[str, Object]:
    """Text and entities: every link is shortened, and what it leads to stands beside the text."""
    urls = [word for word in text.split() if word.startswith(SHOP)]
    entities: list[Object] = []
    for number, url in enumerate(urls):
        short = f"{_LINK}{abs(hash_of(url)) % 10**10:010d}"
        start = text.index(url)
        text = text.replace(url, short, 1)
        shown = {"start": start, "end": start + len(short), "url": short, "expanded_url": url}
        entities.append({**shown, "display_url": SHOP.removeprefix("https://"), "status": 200, "title": str(number)})
    return text, {"urls": entities} if entities else {}


def hash_of(text: str) -> int:
    """The same number on every machine."""
    return sum((n + 1) * ord(letter) for n, letter in enumerate(text)) * 7_919
