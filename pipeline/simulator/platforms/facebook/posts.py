"""The Pages API's posts: one post by its fields, and lists of them paged by cursor or by time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime

from pipeline.simulator.platforms.facebook import comments
from pipeline.simulator.platforms.facebook.errors import GraphError, bad_metric, invalid
from pipeline.simulator.platforms.facebook.fields import Field, FieldsError, parse
from pipeline.simulator.platforms.facebook.paging import cursor, graph_time, limit_of, place_of, token_of
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import FacebookPost, World
from pipeline.simulator.world.calendar import PACIFIC, midnight
from pipeline.simulator.world.posts import PostStory

EDGES = ("published_posts", "posts", "feed")
DEFAULT_FIELDS = "created_time,message,id"
METRICS = {
    "post_media_view": "Lifetime media views",
    "post_total_media_view_unique": "Lifetime viewers",
    "post_clicks": "Lifetime clicks",
    "post_reactions_by_type_total": "Lifetime reactions by type",
    "post_video_views": "Lifetime video views",
}


def moment(request: Request, name: str) -> datetime | None:
    """A ``since`` or ``until``: Unix seconds or an ISO date (Pacific). None when it was not sent."""
    text = request.params.get(name)
    if not text:
        return None
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text), UTC)
        return midnight(date.fromisoformat(text), PACIFIC)
    except (ValueError, OverflowError, OSError):
        raise GraphError(invalid(f"param {name} must be a valid unix timestamp or date")) from None


def fields_of(request: Request, default: str) -> tuple[Field, ...]:
    try:
        return parse(request.params.get("fields") or default)
    except FieldsError as reason:
        raise GraphError(invalid(f"Syntax error in the fields parameter: {reason}")) from None


def listed(request: Request, world: World, night: date, page: str) -> Reply:
    """One page of an edge of posts. ``feed`` pages by time, the other edges by cursor."""
    stories = world.facebook.listed(page, night, moment(request, "since"), moment(request, "until"))
    fields, limit = fields_of(request, DEFAULT_FIELDS), limit_of(request.params.get("limit"))
    by_time = request.path.endswith("/feed")
    start = _start(request.params.get("__paging_token" if by_time else "after"), stories)
    shown = stories[start : start + limit]
    data = [shape(world.facebook.show(story, night), fields, request) for story in shown]
    more = start + limit < len(stories)
    paging = _by_time(request, shown, more=more) if by_time else _by_cursor(request, shown, more=more)
    return Reply({"data": data, "paging": paging} if shown else {"data": []})


def _cursor(story: PostStory) -> str:
    return cursor(story.created, story.id)


def _start(after: str | None, stories: Sequence[PostStory]) -> int:
    """How many stories (newest first) come before the cursor, itself included."""
    if after is None:
        return 0
    place = place_of(after)
    return bisect_left(stories, True, key=lambda story: (story.created.timestamp(), story.id) < place)


def _by_cursor(request: Request, shown: Sequence[PostStory], *, more: bool) -> dict[str, object]:
    if not shown:
        return {}
    first, last = _cursor(shown[0]), _cursor(shown[-1])
    paging: dict[str, object] = {"cursors": {"before": first, "after": last}}
    if more:
        paging["next"] = request.url(access_token=token_of(request), after=last)
    return paging


def _by_time(request: Request, shown: Sequence[PostStory], *, more: bool) -> dict[str, object]:
    if not shown:
        return {}
    first, last = shown[0], shown[-1]
    token = token_of(request)
    since = int(first.created.timestamp())
    paging: dict[str, object] = {
        "previous": request.url(access_token=token, __previous=1, since=since, __paging_token=_cursor(first))
    }
    if more:
        until = int(last.created.timestamp()) + 1
        paging["next"] = request.url(access_token=token, until=until, __paging_token=_cursor(last))
    return paging


def shape(post: FacebookPost, fields: Sequence[Field], request: Request) -> dict[str, object]:
    """A post with the fields that were asked for; what the platform has nothing to say about is absent."""
    plain: dict[str, object] = {
        "id": post.id,
        "message": post.message,
        "created_time": graph_time(post.created_time),
        "updated_time": graph_time(post.updated_time),
        "permalink_url": post.permalink_url,
        "status_type": post.status_type,
        "is_published": True,
        "full_picture": f"https://pictures.atelier-marin.example/{post.id}.jpg" if post.message else None,
        "shares": {"count": post.shares} if post.shares else None,
    }
    shaped: dict[str, object] = {}
    for field in fields:
        if field.name == "reactions":
            shaped["reactions"] = _summary(field, post.reactions, {"viewer_reaction": "NONE"})
        elif field.name == "comments":
            shaped["comments"] = comments.edge(post, field.modifiers, field.fields, request)
        elif field.name == "insights":
            shaped["insights"] = _nested_insights(post, field, request)
        elif field.name in plain:
            shaped[field.name] = plain[field.name]
        else:
            raise GraphError(invalid(f"Tried accessing nonexisting field ({field.name}) on node type (PagePost)"))
    return {key: value for key, value in {**shaped, "id": post.id}.items() if value is not None}


def _summary(field: Field, total: int, more: dict[str, object]) -> dict[str, object]:
    """Reactions: only their number is simulated, nobody who made them."""
    if limit_of(field.modifiers.get("limit")) != 0:
        raise GraphError(invalid("This app may only count these objects: ask for limit(0).summary(true)"))
    wanted = field.modifiers.get("summary", "").lower() in {"true", "1", "total_count"}
    return {"data": [], "summary": {"total_count": total, **more}} if wanted else {"data": []}


def _nested_insights(post: FacebookPost, field: Field, request: Request) -> dict[str, object] | None:
    names = field.modifiers.get("metric", "").split(",")
    data = insight_rows(post, names)
    keep = {inner.name for inner in field.fields} | {"id"}
    if field.fields:
        data = [{key: value for key, value in row.items() if key in keep} for row in data]
    if not data:
        return None
    # Even here the platform's links carry the token.
    path = request.path.split("/")
    there = f"{request.base}/{path[1]}/{path[2]}/{post.id}/insights?access_token={token_of(request)}&pretty=0"
    return {"data": data, "paging": {"previous": f"{there}&__previous=1", "next": f"{there}&__next=1"}}


def insight_rows(post: FacebookPost, names: Sequence[str]) -> list[dict[str, object]]:
    """The lifetime insights of a post. One unknown metric fails the call; absent ones are left out."""
    if not set(names) <= set(METRICS):
        raise GraphError(bad_metric())
    values = {
        "post_media_view": post.media_view,
        "post_total_media_view_unique": post.media_view_unique,
        "post_clicks": post.clicks,
        "post_reactions_by_type_total": None if post.media_view is None else dict(post.reactions_by_type),
        "post_video_views": post.video_views,
    }
    return [
        {
            "name": name,
            "period": "lifetime",
            "values": [{"value": values[name]}],
            "title": METRICS[name],
            "description": f"{METRICS[name]} of the post",
            "id": f"{post.id}/insights/{name}/lifetime",
        }
        for name in names
        if values[name] is not None
    ]
