"""Posts of a Google+ archive that was made as JSON: one file each.

There are no counters: who gave a +1 is a list, and a list is left out when it is empty. The fields are
those that readers of such archives know: https://github.com/FiXato/Plexodus-Tools
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.sources.google_plus.post import Comment, NotReadError, Post, clean, instant, name_in, post_in
from pipeline.sources.google_plus.text import plain

_CIRCLES = (
    ("CIRCLE_TYPE_PUBLIC", "public"),
    ("CIRCLE_TYPE_EXTENDED_CIRCLES", "extended_circles"),
    ("CIRCLE_TYPE_YOUR_CIRCLES", "your_circles"),
    ("CIRCLE_TYPE_USER_CIRCLE", "some_circles"),
)


def post(content: bytes) -> Post | None:
    """The post in a JSON file; None where the file holds something else. NotReadError where it is no JSON."""
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotReadError("it is not UTF-8") from None
    except RecursionError:
        raise NotReadError("it is nested too deeply") from None
    except ValueError as error:
        reason = "a number has too many digits" if "digits" in str(error) else "it is not JSON"
        raise NotReadError(reason) from None
    if not isinstance(found, dict) or not isinstance(found.get("author"), dict) or "creationTime" not in found:
        return None
    url = found.get("url")
    native = post_in(url) or _tail(found.get("resourceName"), "posts")
    if native is None:
        return None
    published = instant(found["creationTime"])
    if published is None:
        raise NotReadError("its creationTime is no date")
    acl = _object(found, "postAcl")
    return Post(
        id=native,
        published=published,
        updated=instant(found.get("updateTime")),
        names=tuple(_names(found["author"])),
        url=_text(url),
        type=_type(found, acl),
        text=plain(_text(found.get("content"))),
        link=_text(_object(found, "link").get("url")),
        visibility=_visibility(acl),
        community=_text(_object(_object(acl, "communityAcl"), "community").get("displayName")),
        collection=_text(_object(_object(acl, "collectionAcl"), "collection").get("displayName")),
        plus_ones=len(_list(found, "plusOnes")),
        reshares=len(_list(found, "reshares")),
        comments=tuple({comment.id: comment for comment in _comments(found, native)}.values()),
    )


def _comments(found: dict[str, Any], native: str) -> Iterator[Comment]:
    for number, each in enumerate(_list(found, "comments"), 1):
        one = each if isinstance(each, dict) else {}
        yield Comment(
            id=f"{native}#{_tail(one.get('resourceName'), 'comments') or number}",
            published=instant(one.get("creationTime")),
            updated=instant(one.get("updateTime")),
            author=next(_names(_object(one, "author")), None),
        )


def _names(author: dict[str, Any]) -> Iterator[str]:
    """All by which a person is called, the number first."""
    for name in (_tail(author.get("resourceName"), "users"), name_in(author.get("profilePageUrl"))):
        if name:
            yield name


def _visibility(acl: dict[str, Any]) -> str | None:
    for key, name in (("communityAcl", "community"), ("collectionAcl", "collection"), ("eventAcl", "event")):
        if key in acl:
            return name
    standard = _object(acl, "visibleToStandardAcl")
    types = {one.get("type") for one in _list(standard, "circles") if isinstance(one, dict)}
    if acl.get("isPublic") is True:
        return "public"
    return next((name for kind, name in _CIRCLES if kind in types), "people" if _list(standard, "users") else None)


def _type(found: dict[str, Any], acl: dict[str, Any]) -> str:
    """What the post is, by the most telling of what it carries."""
    media = _object(found, "media")
    if "resharedPost" in found:
        return "reshare"
    if "poll" in found:
        return "poll"
    if "eventAcl" in acl:
        return "event"
    if "album" in found:
        return "album"
    if media:
        return "video" if str(media.get("contentType", "")).startswith("video/") else "photo"
    return "link" if "link" in found else "text"


def _tail(name: object, kind: str) -> str | None:
    """The id at the end of a resource's name: ``users/1/posts/2`` is the post ``2``."""
    if not isinstance(name, str):
        return None
    before, _, last = name.rpartition("/")
    return clean(last) if last and before.rpartition("/")[2] == kind else None


def _object(found: dict[str, Any], key: str) -> dict[str, Any]:
    value = found.get(key)
    return value if isinstance(value, dict) else {}


def _list(found: dict[str, Any], key: str) -> list[Any]:
    value = found.get(key)
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
