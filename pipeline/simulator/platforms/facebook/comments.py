"""The Pages API's comments: below one post, or nested in the list of posts. Oldest first, paged by cursor."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pipeline.simulator.platforms.facebook.errors import GraphError, invalid
from pipeline.simulator.platforms.facebook.fields import Field
from pipeline.simulator.platforms.facebook.paging import cursor, graph_time, limit_of, place_of, token_of
from pipeline.simulator.wire import Request
from pipeline.simulator.world import FacebookComment, FacebookPost

PARAMETERS = frozenset({"after", "before", "filter", "limit", "order", "summary"})
DEFAULT = ("created_time", "from", "message", "id")
_YES = frozenset({"true", "1", "total_count"})


def edge(post: FacebookPost, asked: Mapping[str, str], fields: Sequence[Field], request: Request) -> dict[str, object]:
    """The comments of a post: ``asked`` are the parameters of its edge, or the modifiers of the nested field."""
    found = _filtered(post, asked.get("filter", "toplevel"))
    newest_first = _newest_first(asked.get("order", "chronological"))
    if newest_first:
        found = found[::-1]
    limit, start = limit_of(asked.get("limit")), _start(asked.get("after"), found, newest_first=newest_first)
    shown = found[start : start + limit]
    told: dict[str, object] = {"data": [_shape(comment, fields) for comment in shown]}
    if shown:
        more = start + limit < len(found)
        told["paging"] = _paging(post, asked, fields, request, (_cursor(shown[0]), _cursor(shown[-1])), more=more)
    if asked.get("summary", "").lower() in _YES:
        order = "reverse_chronological" if newest_first else "chronological"
        told["summary"] = {"order": order, "total_count": len(found), "can_comment": False}
    return told


def _filtered(post: FacebookPost, name: str) -> tuple[FacebookComment, ...]:
    if name not in {"stream", "toplevel"}:
        raise GraphError(invalid("(#100) filter must be one of the following values: stream, toplevel"))
    return tuple(comment for comment in post.said if name == "stream" or comment.parent is None)


def _newest_first(order: str) -> bool:
    if order not in {"chronological", "reverse_chronological"}:
        raise GraphError(invalid("(#100) order must be one of: chronological, reverse_chronological"))
    return order == "reverse_chronological"


def _cursor(comment: FacebookComment) -> str:
    return cursor(comment.created, comment.id)


def _start(after: str | None, found: Sequence[FacebookComment], *, newest_first: bool) -> int:
    """How many comments come before the cursor, itself included; the comment itself may be gone."""
    if not after:
        return 0
    place = place_of(after)
    if newest_first:
        return sum((c.created.timestamp(), c.id) >= place for c in found)
    return bisect_right(found, place, key=lambda c: (c.created.timestamp(), c.id))


def _paging(
    post: FacebookPost,
    asked: Mapping[str, str],
    fields: Sequence[Field],
    request: Request,
    ends: tuple[str, str],
    *,
    more: bool,
) -> dict[str, object]:
    """Even the links of a nested list carry the token."""
    before, after = ends
    paging: dict[str, object] = {"cursors": {"before": before, "after": after}}
    if more:
        version = request.path.split("/")[2]
        kept = {name: value for name, value in asked.items() if name in PARAMETERS and name not in {"after", "before"}}
        query = {"access_token": token_of(request), "pretty": "0", "fields": _text(fields), **kept, "after": after}
        there = f"{request.base}/facebook/{version}/{post.id}/comments"
        paging["next"] = f"{there}?{urlencode({name: value for name, value in query.items() if value})}"
    return paging


def _text(fields: Sequence[Field]) -> str:
    return ",".join(f"{field.name}{{{_text(field.fields)}}}" if field.fields else field.name for field in fields)


def _shape(comment: FacebookComment, fields: Sequence[Field]) -> dict[str, object]:
    """A comment with the fields that were asked for; whoever answers nothing has no ``parent``."""
    values: dict[str, object] = {
        "id": comment.id,
        "created_time": graph_time(comment.created),
        "message": comment.message,
        "from": {"name": f"Reader {comment.person[-4:]}", "id": comment.person},
        "parent": {"created_time": None, "id": comment.parent} if comment.parent else None,
        "like_count": 0,
        "comment_count": 0,
        "permalink_url": f"https://www.facebook.com/{comment.post}?comment_id={comment.id.partition('_')[2]}",
    }
    shown: dict[str, object] = {}
    for field in fields or tuple(Field(name) for name in DEFAULT):
        if field.name not in values:
            raise GraphError(invalid(f"Tried accessing nonexisting field ({field.name}) on node type (Comment)"))
        shown[field.name] = _inner(values[field.name], field)
    return {name: value for name, value in {**shown, "id": comment.id}.items() if value is not None}


def _inner(value: object, field: Field) -> object:
    """Of an object only the fields that were asked for, and its id."""
    if not isinstance(value, dict):
        return value
    wanted = {"id", *(inner.name for inner in field.fields or (Field("name"),))}
    return {name: each for name, each in value.items() if name in wanted and each is not None}
