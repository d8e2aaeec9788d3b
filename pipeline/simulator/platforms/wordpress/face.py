"""The face of the journal's own site: WordPress REST wp/v2, by pretty and by plain addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from pipeline.simulator import rest
from pipeline.simulator.distortions import string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Face, Refusal
from pipeline.simulator.platforms.wordpress.account import PASSWORD, USER
from pipeline.simulator.platforms.wordpress.rows import comment_row, post_row
from pipeline.simulator.refusals import html_page, maintenance, unavailable
from pipeline.simulator.wire import Reply, Request, page
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import PARIS
from pipeline.simulator.world.journal import HOME

PREFIX = "/wordpress"
POST_FILTERS = frozenset(
    {"after", "before", "modified_after", "modified_before", "include", "author", "status", "slug"}
)
COMMENT_FILTERS = frozenset({"after", "before", "post", "parent", "include", "status", "type"})


def account_of(request: Request) -> str | None:
    return "journal" if request.path.startswith(PREFIX) else None


@rest.answering
def answer(request: Request, world: World, night: date) -> Reply:
    """What the site answers as of that night."""
    route = rest.route_of(request, PREFIX)
    if route is None:
        return page("<!DOCTYPE html><html><head><title>Page not found – Journal</title></head></html>", 404)
    _check_credentials(request)
    if request.method != "GET":
        return rest.no_route()
    if route == "/":
        rest.known(request, frozenset())
        return Reply(_index())
    if route in LISTS:
        return LISTS[route](request, world, night)
    found = re.fullmatch(r"/wp/v2/(posts|comments)/(\d{1,18})", route)
    return _one(request, world, night, found[1], int(found[2])) if found else rest.no_route()


def _check_credentials(request: Request) -> None:
    """Public data needs no password, but a wrong one is refused all the same."""
    if "authorization" not in request.headers:
        return
    user, password = rest.basic_credentials(request) or ("", "")
    if user != USER:
        message = "Unknown username. Check again or try your email address."
        raise rest.RestError(rest.error("invalid_username", message, 401))
    if password.replace(" ", "") != PASSWORD.replace(" ", ""):
        message = "The provided password is an invalid application password."
        raise rest.RestError(rest.error("incorrect_password", message, 401))


def _index() -> rest.Row:
    return {
        "name": "Journal",
        "description": "",
        "url": HOME,
        "home": HOME,
        "gmt_offset": "1",
        "timezone_string": "Europe/Paris",
        "namespaces": ["oembed/1.0", "wp/v2"],
        "authentication": [],
        "routes": {"/wp/v2/posts": {}, "/wp/v2/comments": {}},
    }


def _one(request: Request, world: World, night: date, kind: str, number: int) -> Reply:
    """One post or comment by its id."""
    rest.known(request, frozenset({"password"}))
    if kind == "posts":
        found = [post_row(post) for post in world.wordpress.posts(night) if post.id == number]
    else:
        found = [comment_row(comment) for comment in world.wordpress.comments(night) if comment.id == number]
    if not found:
        return rest.error(f"rest_{kind[:-1]}_invalid_id", f"Invalid {kind[:-1]} ID.", 404)
    return Reply(rest.picked(found[0], request.params.get("_fields")))


def _numbers(request: Request, name: str) -> set[int] | None:
    text = request.params.get(name)
    if text is None:
        return None
    if not all(part.strip().isdecimal() for part in text.split(",")):
        raise rest.invalid(name, f"{name}[0] is not of type integer.")
    return {int(part) for part in text.split(",")}


def _posts(request: Request, world: World, night: date) -> Reply:
    rest.known(request, POST_FILTERS)
    if request.params.get("status", "publish") != "publish":
        raise rest.invalid("status", "Status is forbidden.")
    posts = list(world.wordpress.posts(night))
    posts = rest.within(request, posts, "after", "before", lambda post: post.published, PARIS)
    posts = rest.within(request, posts, "modified_after", "modified_before", lambda post: post.modified, PARIS)
    include, author = _numbers(request, "include"), _numbers(request, "author")
    slug = request.params.get("slug")
    posts = [
        post
        for post in posts
        if (include is None or post.id in include)
        and (author is None or post.author in author)
        and (slug is None or post.slug == slug)
    ]
    keys = {
        "date": lambda post: post.published,
        "modified": lambda post: post.modified,
        "id": lambda post: post.id,
        "title": lambda post: post.title,
        "slug": lambda post: post.slug,
    }
    message = "The page number requested is larger than the number of pages available."
    beyond = rest.error("rest_post_invalid_page_number", message, 400)
    return rest.collection(request, rest.ordered(request, posts, keys, lambda post: post.id), post_row, beyond)


def _comments(request: Request, world: World, night: date) -> Reply:
    rest.known(request, COMMENT_FILTERS)
    for name, public in (("status", "approve"), ("type", "comment")):
        if request.params.get(name, public) != public:
            return rest.error("rest_forbidden_param", f"Query parameter not permitted: {name}", 401)
    comments = list(world.wordpress.comments(night))
    comments = rest.within(request, comments, "after", "before", lambda comment: comment.created, PARIS)
    for name in ("post", "parent", "include"):
        wanted = _numbers(request, name)
        attribute = "id" if name == "include" else name
        comments = [c for c in comments if wanted is None or getattr(c, attribute) in wanted]
    keys = {
        "date": lambda comment: comment.created,
        "date_gmt": lambda comment: comment.created,
        "id": lambda comment: comment.id,
        "post": lambda comment: comment.post,
    }
    # Unlike posts, a page of comments after the last one is an empty list.
    return rest.collection(request, rest.ordered(request, comments, keys, lambda c: c.id), comment_row, None)


LISTS: Mapping[str, Callable[[Request, World, date], Reply]] = {
    "/wp/v2/posts": _posts,
    "/wp/v2/comments": _comments,
}


def _deleted_post(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """The post ``post`` is in the trash: neither listed nor counted, and unknown by its id."""
    del again
    post = int(args["post"])
    if reply.status != 200:
        return reply
    if isinstance(reply.document, dict) and reply.document.get("id") == post and "/posts" in request.line:
        return rest.error("rest_post_invalid_id", "Invalid post ID.", 404)
    if not isinstance(reply.document, list) or "/posts" not in request.line:
        return reply
    kept = [row for row in reply.document if row.get("id") != post]
    gone = len(reply.document) - len(kept)
    headers = tuple((k, str(int(v) - gone) if k == "X-WP-Total" else v) for k, v in reply.headers)
    return replace(reply, document=kept, headers=headers)


def _expired(request: Request, args: Args) -> Reply | None:
    """The application password was revoked: only requests that send one are concerned."""
    del args
    if "authorization" not in request.headers:
        return None
    return rest.error("incorrect_password", "The provided password is an invalid application password.", 401)


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": rest.too_many,
    "expired_token": _expired,
    "unavailable": unavailable(maintenance("Briefly unavailable for scheduled maintenance. Check back in a minute.")),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": string_numbers(),
    "deleted_post": _deleted_post,
    "short_page": rest.short_page,
    "empty_page": rest.empty_page,
    "missing_next": rest.missing_next,
    "page_drift": rest.page_drift,
}
FACE = Face(
    name="wordpress",
    platform="wordpress",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
)
