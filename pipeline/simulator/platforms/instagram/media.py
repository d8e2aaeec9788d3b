"""Posts, stories and comments as the platform writes them, and the insights of each post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipeline.simulator.platforms.facebook.errors import GraphError, error, invalid
from pipeline.simulator.platforms.facebook.fields import Field
from pipeline.simulator.platforms.facebook.paging import graph_time
from pipeline.simulator.platforms.instagram.asking import edge, metrics_of, no_field
from pipeline.simulator.wire import Request
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.instagram import NAMES, Instagram, id_of

TYPES = {"image": "IMAGE", "carousel": "CAROUSEL_ALBUM", "reel": "VIDEO", "story": "IMAGE"}
PRODUCTS = {"image": "FEED", "carousel": "FEED", "reel": "REELS", "story": "STORY"}
_ALL = ("views", "reach", "likes", "comments", "saved", "shares", "total_interactions")
METRICS = {
    "FEED": {*_ALL, "follows", "profile_visits"},
    "REELS": {*_ALL, "ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate"},
    "STORY": {"views", "reach", "replies", "navigation", "follows", "shares"},
}
EVERY = frozenset().union(*METRICS.values())
INSIGHT_FIELDS = frozenset({"name", "period", "values", "total_value", "title", "description", "id"})
DEFAULT_COMMENT = "id,text,timestamp"


class Writer:
    """Writes what one request sees at one night."""

    def __init__(self, network: Instagram, request: Request, night: date) -> None:
        self._network, self._request, self._night = network, request, night

    def post(self, story: Story, fields: Sequence[Field]) -> dict[str, Any]:
        """A post with the fields that were asked for; what there is nothing to say about is absent."""
        plain, shaped = self._plain(story), dict[str, Any]()
        for field in fields:
            if field.name == "insights":
                names = metrics_of(field.modifiers.get("metric"), EVERY)
                data = [self._kept(row, field.fields) for row in self.insights(story, names)]
                shaped["insights"] = {"data": data}
            elif field.name == "comments":
                found = self.comments(story, None, field.fields, self._at(id_of(story), "comments"), field)
                shaped["comments"] = found if found["data"] else None
            elif field.name in plain:
                shaped[field.name] = plain[field.name]
            else:
                raise no_field(field.name, "ShadowIGMedia")
        return {key: value for key, value in {**shaped, "id": id_of(story)}.items() if value is not None}

    def _plain(self, story: Story) -> dict[str, Any]:
        number, counted = id_of(story), self._network.counters(story, self._night)
        picture = f"https://pictures.atelier-marin.example/{number}.jpg?night={self._night}"
        parts = [{"id": f"{number}0{n}"} for n in range(3)] if story.kind == "carousel" else None
        return {
            "id": number,
            "ig_id": number[3:],
            "caption": story.text,
            "media_type": TYPES[story.kind],
            "media_product_type": PRODUCTS[story.kind],
            "permalink": link(story),
            "shortcode": shortcode(story),
            "timestamp": graph_time(story.created),
            "like_count": None if self._network.hides_likes(story) else counted["reactions"],
            "comments_count": counted["comments"],
            "media_url": picture,
            "thumbnail_url": picture if story.kind == "reel" else None,
            "username": NAMES[story.account],
            "owner": {"id": story.account},
            "children": {"data": parts} if parts else None,
        }

    def insights(self, story: Story, names: Sequence[str]) -> list[dict[str, Any]]:
        """The insights of a post. Raises GraphError where they are kept back, or not of this kind of post."""
        product = PRODUCTS[story.kind]
        for name in names:
            if name not in METRICS[product]:
                message = f"The Media Insights API does not support the {name} metric for this media product type."
                raise GraphError(invalid(message))
        told = self._network.insights(story, self._night)
        if told is None and story.kind == "story":
            raise GraphError(error(10, "(#10) Not enough viewers for the media to show insights"))
        if told is None:
            message = "Media posted before business account conversion"
            raise GraphError(error(100, f"(#100) {message}", subcode=2108006))
        number = id_of(story)
        return [
            {
                "name": name,
                "period": "lifetime",
                "values": [{"value": told[name]}],
                "title": name.replace("_", " ").capitalize(),
                "description": f"{name} of the post",
                "id": f"{number}/insights/{name}/lifetime",
            }
            for name in names
        ]

    def comments(
        self,
        story: Story,
        parent: Response | None,
        fields: Sequence[Field],
        at: str | None,
        field: Field | None = None,
    ) -> dict[str, Any]:
        """The comments of a post, newest first, or the replies to one of them, oldest first."""
        threads = roots(self._network.live_responses(story, self._night))
        below = parent.serial if parent else None
        found = [said for said, root in threads.items() if root == below]
        found = found if parent else found[::-1]
        limit = (field.modifiers.get("limit") or "25") if field else None
        return edge(self._request, found, lambda said: self.comment(story, said, fields), at=at, limit=limit)

    def comment(self, story: Story, said: Response, fields: Sequence[Field]) -> dict[str, Any]:
        name = NAMES[story.account] if said.is_own else f"person{said.person}"
        plain: Mapping[str, Any] = {
            "id": id_of(said),
            "text": said.text,
            "timestamp": graph_time(said.created),
            "username": name,
            "from": {"id": f"9{said.person:07d}", "username": name},
            "like_count": said.likes,
            "hidden": False,
            "media": {"id": id_of(story)},
        }
        shaped: dict[str, Any] = {}
        for field in fields or (Field("id"), Field("text"), Field("timestamp")):
            if field.name == "replies":
                at = self._at(id_of(said), "replies")
                replies = self.comments(story, said, field.fields, at, field)
                shaped |= {"replies": replies} if replies["data"] else {}
            elif field.name in plain:
                shaped[field.name] = plain[field.name]
            else:
                raise no_field(field.name, "IGComment")
        return {**shaped, "id": id_of(said)}

    def _at(self, number: str, name: str) -> str:
        _, prefix, version, *_ = self._request.path.split("/")
        return f"/{prefix}/{version}/{number}/{name}"

    def _kept(self, row: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
        for field in fields:
            if field.name not in INSIGHT_FIELDS:
                raise no_field(field.name, "InstagramInsightsResult")
        keep = {field.name for field in fields} | {"id"}
        return {key: value for key, value in row.items() if not fields or key in keep}


def roots(said: Sequence[Response]) -> dict[Response, int | None]:
    """Each response and the comment below which it stands: the platform has one level of replies."""
    by_serial = {response.serial: response for response in said}
    found: dict[Response, int | None] = {}
    for response in said:
        top, parent = response, by_serial.get(response.parent or -1)
        while parent is not None:
            top, parent = parent, by_serial.get(parent.parent or -1)
        found[response] = None if top is response else top.serial
    return found


def shortcode(story: Story) -> str:
    return f"C{id_of(story)[5:]}"


def link(story: Story) -> str:
    if story.kind == "story":
        return f"https://www.instagram.com/stories/{NAMES[story.account]}/{id_of(story)}"
    return f"https://www.instagram.com/{'reel' if story.kind == 'reel' else 'p'}/{shortcode(story)}/"
