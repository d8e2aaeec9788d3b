"""The visits before each conversion, from the log of a site or from what a shop tells of its orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.simulator.truth.facts import Facts, ToldTouch
from pipeline.simulator.truth.terms import NETWORK_NAMES, UNATTRIBUTED, Terms

LOOK_BACK = timedelta(days=30)
CLOCKS = timedelta(hours=1)


@dataclass(frozen=True)
class Touch:
    """One visit on the way. ``channel`` is the network, or the kind of what sent the visit."""

    at: datetime
    name: str
    platform: str
    campaign: str
    channel: str
    is_direct: bool
    post_id: str | None = None


@dataclass(frozen=True)
class Journey:
    """The touches of one conversion, the oldest first."""

    converted_at: datetime
    touches: Sequence[Touch]


def post_platforms(facts: Facts) -> dict[str, str]:
    """The network of each known post, by the post's id."""
    found: dict[str, str] = {}
    for (platform, _), known in sorted(facts.posts.items(), reverse=True):
        found |= dict.fromkeys(known, platform)
    return found


def touch_of(visit: Mapping[str, Any], terms: Terms, posts: Mapping[str, str]) -> Touch:
    """Where one visit of a log came from, as far as the settings and the posts tell."""
    kind, label = visit["referrer_type"], visit["label"] or ""
    name = (visit["utm_campaign"] or label) if kind == "campaign" else ""
    campaign = terms.campaign(name) if name else None
    says = {"social": label, "campaign": visit["utm_source"] or ""}.get(kind, "")
    post = visit["utm_content"] if visit["utm_content"] in posts else None
    platform = campaign.platform if campaign else NETWORK_NAMES.get(says.lower(), posts.get(post or "", UNATTRIBUTED))
    return Touch(
        at=visit["visited_at"],
        name=visit["visit_id"],
        platform=platform,
        campaign=name.lower(),
        channel=kind if platform == UNATTRIBUTED else platform,
        is_direct=kind == "direct",
        post_id=post,
    )


class Journeys:
    """Journeys of conversions by the log of their site, else by the shop's own word."""

    def __init__(self, facts: Facts, terms: Terms) -> None:
        self._facts, self._terms, self._posts = facts, terms, post_platforms(facts)
        self._by_visitor: dict[Any, list[Mapping[str, Any]]] = {}
        self._by_order: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._by_goal: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for visit in sorted(facts.single_visits, key=lambda each: (each["visited_at"], each["visit_id"])):
            self._by_visitor.setdefault(self._visitor(visit), []).append(visit)
            for order in visit["orders"]:
                self._by_order.setdefault((visit["site"], order), visit)
            for goal in visit["goals"]:
                cell = f"{goal}:{visit['day'].isoformat()}:{visit['referrer_type']}:{visit['label']}"
                self._by_goal.setdefault((visit["site"], cell), []).append(visit)

    @staticmethod
    def _visitor(visit: Mapping[str, Any]) -> tuple[str, str]:
        # Of whom nothing is kept, each visit is somebody else's.
        who = f"visitor {visit['visitor']}" if visit["visitor"] is not None else f"visit {visit['visit_id']}"
        return visit["site"], who

    def of(self, event: Mapping[str, Any]) -> list[Journey]:
        """The journeys of one confirmed event, at most as many as it counts; none where nobody tells of them."""
        key = (event["site"], event["native_id"])
        # Several shops may number their orders alike: the log does not say whose an order is.
        alone = sum(shop.site == event["site"] for shop in self._terms.shops) <= 1
        placed = self._by_order.get(key) if event["action"] == "sale" and alone else None
        if placed is not None and self._places(placed["visited_at"], event):
            return [self._walked(placed)]
        if key in self._by_goal and event["occurred_at"] is None:
            return [self._walked(visit) for visit in self._by_goal[key][: event["count"]]]
        told = self._facts.told_journeys.get((event["source"], event["account"], event["native_id"]), [])
        touches = [self._told(touch, nth) for nth, touch in enumerate(told) if self._in_time(touch.at, event)]
        return [Journey(event["occurred_at"], touches)] if touches else []

    @staticmethod
    def _places(at: datetime, event: Mapping[str, Any]) -> bool:
        """An order may be paid long after its visit, and clocks differ; a later visit only shows it again."""
        occurred: datetime | None = event["occurred_at"]
        return occurred is not None and occurred - LOOK_BACK <= at <= occurred + CLOCKS

    def _walked(self, last: Mapping[str, Any]) -> Journey:
        converted_at = last["visited_at"]
        every = self._by_visitor[self._visitor(last)]
        seen = [v for v in every if converted_at - LOOK_BACK <= v["visited_at"] <= last["visited_at"]]
        return Journey(converted_at, [touch_of(visit, self._terms, self._posts) for visit in seen])

    @staticmethod
    def _in_time(at: datetime, event: Mapping[str, Any]) -> bool:
        occurred: datetime = event["occurred_at"]
        return occurred - LOOK_BACK <= at <= occurred

    def _told(self, touch: ToldTouch, nth: int) -> Touch:
        campaign = self._terms.campaign(touch.campaign) if touch.campaign else None
        platform = campaign.platform if campaign else NETWORK_NAMES.get(touch.source.lower(), UNATTRIBUTED)
        named = "campaign" if touch.campaign else "website"
        channel = platform if platform != UNATTRIBUTED else ("direct" if touch.is_direct else named)
        return Touch(touch.at, str(nth), platform, touch.campaign.lower(), channel, touch.is_direct)

    def of_posts(self) -> Iterator[tuple[Mapping[str, Any], Touch]]:
        """The visits whose link names a post, with where they came from."""
        for visits in self._by_visitor.values():
            for visit in visits:
                touch = touch_of(visit, self._terms, self._posts)
                if touch.post_id is not None:
                    yield visit, touch
