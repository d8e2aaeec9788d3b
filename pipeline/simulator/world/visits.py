"""Single visits behind the counts of the shop's analytics: when, from where, by whom, and what they bought.

Every row of a referrer report is so many visits of its own, and its visitors, goals and orders are theirs. Some
people come back within weeks, from wherever the day's visits came, so that orders have journeys before them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from pipeline.simulator.world.calendar import EPOCH, days, local
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.footfall import Footfall, Stream
from pipeline.simulator.world.orders import Order
from pipeline.simulator.world.woocommerce import Woocommerce, campaign_link

# People who will come again, by the day of their first visit; how often; and after how many days at most.
REGULARS = 14
MOST_VISITS = 6
LONGEST_PAUSE = 9
_A_DAY = 10_000_000
_A_STREAM = 1_000_000


@dataclass(frozen=True)
class Visit:
    """One visit. ``visitor``: what the visitor's cookie says. ``goals``: reached goals, once for every time.

    ``utm`` is what the address carried by which the visit came, ``order`` what was bought in it.
    """

    id: int
    visitor: str
    begun: datetime
    seconds: int
    kind: str
    label: str
    utm: Mapping[str, str]
    goals: tuple[int, ...]
    order: Order | None

    @property
    def ended(self) -> datetime:
        return self.begun + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Told:
    """What a report says of one stream of a day: its visits, and by goal (conversions, converted visits)."""

    visits: int
    goals: Mapping[int, tuple[int, int]]


class Visits:
    """The visits of each day. ``visitors`` tells how many people a stream's visits are of, once all are counted."""

    def __init__(self, draw: Draw, footfall: Footfall, shop: Woocommerce, scale: float) -> None:
        self._draw = draw
        self._footfall = footfall
        self._shop = shop
        self._regulars = max(1, round(REGULARS * scale))
        self._returning = lru_cache(maxsize=None)(self._returning_from)
        self._people = lru_cache(maxsize=64)(self._people_of)
        self._slot = lru_cache(maxsize=8192)(self._slot_of)

    def of(
        self, day: date, told: Sequence[Told | None], people: Sequence[int], orders: Sequence[Order | None]
    ) -> Iterator[Visit]:
        """The visits of a day, as many of each stream as a report told; in no order.

        ``people``: how many visitors each stream has in the end; ``orders``: those that were placed, in order,
        None where the script did not see one.
        """
        streams = self._footfall.day(day)
        names = self._people(day, tuple(people))
        placed = 0
        for n, (stream, counted) in enumerate(zip(streams, told, strict=True)):
            bought = orders[placed : placed + stream.orders]
            placed += stream.orders
            if counted is None:
                continue
            goals = _spread(counted, len(bought))
            for i in range(counted.visits):
                who = names.get((n, i % max(1, people[n])), (n, i % max(1, people[n])))
                yield self._visit(day, n, i, stream, who, goals[i], bought[i] if i < len(bought) else None)

    def _visit(
        self, day: date, n: int, i: int, stream: Stream, who: object, goals: tuple[int, ...], order: Order | None
    ) -> Visit:
        begun, seconds, utm, visitor = self._slot(day, n, i, stream.label if stream.kind == "campaign" else "", who)
        if order is not None:
            begun = order.created - timedelta(seconds=max(60, seconds - 30))
            utm = {name: text for name, text in order.attribution.items() if name[:4] == "utm_"} if utm else utm
        number = (day - EPOCH).days * _A_DAY + n * _A_STREAM + i
        return Visit(number, visitor, begun, seconds, stream.kind, stream.label, utm, goals, order)

    def _slot_of(
        self, day: date, n: int, i: int, campaign: str, who: object
    ) -> tuple[datetime, int, Mapping[str, str], str]:
        """What does not depend on the night: when it began, how long it was, its address, its visitor."""
        draw, key = self._draw, (day, n, i)
        seconds = 60 + int(240 * draw.unit("stay", *key))
        begun = local(day, int(draw.unit("begin", *key) * (86_400 - 300)))
        utm = campaign_link(campaign) if campaign else {}
        if utm.get("utm_source") == "facebook":
            utm = {**utm, "utm_content": self._shop.content(day, ("visit", *key))}
        regular = isinstance(who, str)
        cookie = draw.unit("cookie", who) if regular else draw.unit("cookie", day, who)
        return begun, seconds, utm, f"{int(cookie * 2**53):016x}"

    def _people_of(self, day: date, people: Sequence[int]) -> Mapping[tuple[int, int], str]:
        """Which of the day's places are taken by somebody who comes more than once; those who buy come first."""
        draw, streams = self._draw, self._footfall.day(day)
        places = [(n, i) for n, count in enumerate(people) for i in range(count)]
        kept = [at for at in places if at[1] >= streams[at[0]].orders or not draw.happens(0.2, "stranger", day, *at)]
        kept.sort(key=lambda at: (at[1] >= streams[at[0]].orders, draw.unit("place", day, *at)))
        longest = (MOST_VISITS - 1) * LONGEST_PAUSE
        here = [who for born in days(day - timedelta(days=longest), day) for who in self._returning(born).get(day, ())]
        here.sort(key=lambda who: draw.unit("comes", day, who))
        return dict(zip(kept, here, strict=False))

    def _returning_from(self, born: date) -> Mapping[date, tuple[str, ...]]:
        """Whoever came for the first time on that day and comes again: their names, by each day of a visit."""
        draw = self._draw
        found: dict[date, list[str]] = defaultdict(list)
        for r in range(self._regulars):
            at = born
            for nth in range(draw.whole(2, MOST_VISITS, "visits of", born, r)):
                found[at].append(f"{born}.{r}")
                at += timedelta(days=draw.whole(1, LONGEST_PAUSE, "pause", born, r, nth))
        return {at: tuple(names) for at, names in found.items()}


def _spread(counted: Told, after: int) -> list[tuple[int, ...]]:
    """The goals of each visit: each goal's in visits of its own, as far as there are enough, after the buyers'."""
    reached: list[list[int]] = [[] for _ in range(counted.visits)]
    at = after
    for goal, (conversions, converted) in sorted(counted.goals.items()):
        for k in range(conversions):
            reached[(at + k % converted) % counted.visits].append(goal)
        at += converted
    return [tuple(goals) for goals in reached]
