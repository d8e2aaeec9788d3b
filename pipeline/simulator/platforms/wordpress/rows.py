"""Posts and comments as wp/v2 writes them: local and UTC times side by side, neither with an offset."""

from __future__ import annotations

from pipeline.simulator.rest import Row, gmt_time, local_time
from pipeline.simulator.world import WordpressComment, WordpressPost
from pipeline.simulator.world.journal import HOME


def post_row(post: WordpressPost) -> Row:
    return {
        "id": post.id,
        "date": local_time(post.published),
        "date_gmt": gmt_time(post.published),
        "guid": {"rendered": f"{HOME}/?p={post.id}"},
        "modified": local_time(post.modified),
        "modified_gmt": gmt_time(post.modified),
        "slug": post.slug,
        "status": "publish",
        "type": "post",
        "link": post.link,
        "title": {"rendered": post.title},
        "content": {"rendered": f"<p>{post.title}.</p>\n", "protected": False},
        "excerpt": {"rendered": f"<p>{post.title}.</p>\n", "protected": False},
        "author": post.author,
        "featured_media": 0,
        "comment_status": post.comment_status,
        "ping_status": "closed",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": [],
        "categories": list(post.categories),
        "tags": list(post.tags),
        "_links": {"self": [{"href": f"{HOME}/wp-json/wp/v2/posts/{post.id}"}]},
    }


def comment_row(comment: WordpressComment) -> Row:
    return {
        "id": comment.id,
        "post": comment.post,
        "parent": comment.parent,
        "author": comment.author,
        "author_name": comment.name,
        "author_url": "",
        "date": local_time(comment.created),
        "date_gmt": gmt_time(comment.created),
        "content": {"rendered": "<p>Noted with thanks.</p>\n"},
        "link": f"{HOME}/?p={comment.post}#comment-{comment.id}",
        "status": comment.status,
        "type": "comment",
        "author_avatar_urls": {},
        "meta": [],
    }
