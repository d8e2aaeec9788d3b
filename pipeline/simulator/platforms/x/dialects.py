"""The two sets of words of X: what one description calls tweets and retweets, the newer one calls posts.

Answers are built in the words of tweets; an app that speaks of posts has its requests translated on the
way in and its answers on the way out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pipeline.simulator.platforms.x.problems import ProblemError, invalid, words
from pipeline.simulator.wire import Reply, Request

_SHARED_FIELDS: Final = words(
    "article attachments card_uri community_id context_annotations conversation_id created_at display_text_range"
    " edit_controls entities geo id lang matched_media_notes media_metadata non_public_metrics"
    " note_request_suggestions organic_metrics paid_partnership possibly_sensitive promoted_metrics public_metrics"
    " reply_settings scopes source suggested_source_links suggested_source_links_with_counts text withheld"
)
TWEET_FIELDS: Final = _SHARED_FIELDS | words(
    "author_id edit_history_tweet_ids in_reply_to_user_id note_tweet referenced_tweets"
)
# The newer description gives who wrote a post, and what it refers to, by expansions alone.
POST_FIELDS: Final = _SHARED_FIELDS | {"article_title", "note_post"}
_SHARED_EXPANSIONS: Final = words(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet"
    " attachments.poll_ids author_id entities.mentions.username geo.place_id in_reply_to_user_id"
)
TWEET_EXPANSIONS: Final = _SHARED_EXPANSIONS | {"edit_history_tweet_ids", "referenced_tweets.id"}
POST_EXPANSIONS: Final = _SHARED_EXPANSIONS | {"edit_history_post_ids", "referenced_posts", "username"}

_WORDS: Final[Mapping[str, str]] = {
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "pinned_tweet_id": "pinned_post_id",
    "note_tweet": "note_post",
    "tweets": "posts",
}
_BACK: Final = {new: old for old, new in _WORDS.items()} | {"referenced_posts": "referenced_tweets.id"}


def checked(request: Request) -> Request:
    """A request in the words of tweets. Raises ProblemError for a field that these do not know."""
    _known(request, "tweet.fields", TWEET_FIELDS)
    _known(request, "expansions", TWEET_EXPANSIONS)
    return request


def translated(request: Request) -> Request:
    """A request in the words of posts as one in those of tweets. Raises ProblemError where it is none."""
    if "tweet.fields" in request.params:
        raise ProblemError(_unknown("tweet.fields", request.params["tweet.fields"]))
    _known(request, "post.fields", POST_FIELDS)
    _known(request, "expansions", POST_EXPANSIONS)
    expansions = _listed(request, "expansions")
    fields = {_BACK.get(name, name) for name in _listed(request, "post.fields")}
    # An expansion brings the field that it follows.
    fields |= {"referenced_tweets" if name == "referenced_posts" else name for name in expansions}
    asked: dict[str, str | int | None] = {"post.fields": None}
    if fields:
        asked["tweet.fields"] = ",".join(sorted(fields & TWEET_FIELDS))
    if expansions:
        asked["expansions"] = ",".join(_BACK.get(name, name) for name in expansions)
    return request.having(**asked)


def in_posts(reply: Reply) -> Reply:
    """An answer in the words of posts."""
    return replace(reply, document=_renamed(reply.document))


def _renamed(document: Any) -> Any:
    if isinstance(document, Mapping):
        told = {_WORDS.get(key, key): _renamed(value) for key, value in document.items()}
        if told.get("resource_type") == "tweet":
            told["resource_type"] = "post"
        return told
    return [_renamed(value) for value in document] if isinstance(document, list) else document


def _listed(request: Request, name: str) -> list[str]:
    return [part for part in request.params.get(name, "").split(",") if part]


def _known(request: Request, name: str, known: frozenset[str]) -> None:
    for value in _listed(request, name):
        if value not in known:
            told = f"The `{name}` query parameter value [{value}] is not one of [{','.join(sorted(known))}]"
            raise ProblemError(invalid(name, value, told))


def _unknown(name: str, value: str) -> Reply:
    return invalid(name, value, f"The query parameter [{name}] is not one of the known ones")
