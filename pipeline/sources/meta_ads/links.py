"""What the links of campaigns carry: the parameters that stand in their advertisements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from pipeline.sources._answers import decode
from pipeline.sources._graph_calls import Params
from pipeline.sources.meta_ads.graph import AdGraph

# Advertisements that are shown no more have brought what is in the rows; deleted ones are not given.
_STATES = (
    "ACTIVE",
    "PAUSED",
    "CAMPAIGN_PAUSED",
    "ADSET_PAUSED",
    "ARCHIVED",
    "IN_PROCESS",
    "WITH_ISSUES",
    "PENDING_REVIEW",
    "PENDING_BILLING_INFO",
    "DISAPPROVED",
    "PREAPPROVED",
)
_CAMPAIGNS_A_CALL = 50


class _Creative(msgspec.Struct):
    url_tags: str | None = None


class _Ad(msgspec.Struct):
    id: str | int
    campaign_id: str | int
    creative: _Creative | None = None


class Links:
    """Asked once for each campaign of a night, many campaigns at a time."""

    def __init__(self, graph: AdGraph) -> None:
        self._graph = graph
        self._known: dict[str, list[str]] = {}

    def of(self, campaigns: Iterable[str]) -> Mapping[str, list[str]]:
        """Campaign → each way in which its links are tagged, the most usual first; empty where none are."""
        new = sorted({campaign for campaign in campaigns if campaign not in self._known})
        for start in range(0, len(new), _CAMPAIGNS_A_CALL):
            self._learn(new[start : start + _CAMPAIGNS_A_CALL])
        return self._known

    def _learn(self, campaigns: Sequence[str]) -> None:
        ads = {str(ad.id): ad for ad in self._ads(campaigns)}
        written: dict[str, Counter[str]] = {campaign: Counter() for campaign in campaigns}
        for ad in ads.values():
            if ad.creative and ad.creative.url_tags and str(ad.campaign_id) in written:
                written[str(ad.campaign_id)][ad.creative.url_tags] += 1
        for campaign, tags in written.items():
            self._known[campaign] = sorted(tags, key=lambda tag: (-tags[tag], tag))

    def _ads(self, campaigns: Sequence[str]) -> Iterator[_Ad]:
        chosen = [{"field": "campaign.id", "operator": "IN", "value": list(campaigns)}]
        params: Params = (
            ("fields", "id,campaign_id,creative{url_tags}"),
            ("effective_status", msgspec.json.encode(_STATES).decode()),
            ("filtering", msgspec.json.encode(chosen).decode()),
        )
        for edge in self._graph.edges("/ads", params, "the advertisements"):
            for ad in edge.data:
                yield decode(ad, _Ad, "an advertisement")
