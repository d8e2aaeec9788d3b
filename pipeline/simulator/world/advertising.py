"""Advertising of the brand, whatever platform sells it: accounts, campaigns, and what each day cost.

One story for every advertising platform, told from the world's chance like everything else: a row is a
pure function of (platform, account, campaign, network, day, night). Accounts are declared in
``advertisers/``. What is true of all of them:

* spend varies around the campaign's daily budget; a day without delivery has no row, not a row of 0;
* of some days money is credited back and clicks are taken as invalid in the nights after, until the
  27th; now and then all of a row, which then is not there any more. After that it stands;
* where the account's day had not ended when the night was read, the row holds the hours until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.calendar import Calendar, days, midnight, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.draw import Draw

CENT: Final = Decimal("0.01")
# No row changes any more in the nights after this one.
LAST_CHANGE: Final = 26
_SILENT, _RESTATED, _TAKEN_BACK = 0.05, 0.3, 0.03


@dataclass(frozen=True)
class Campaign:
    """One campaign. It runs from ``begun`` to ``ended`` nights before the last one.

    ``utm`` is what its links carry as ``utm_campaign`` (None: nothing), ``shares`` are the networks on
    which it is shown and how much of ``budget`` (money a day) goes to each, ``rest`` a weekday off.
    """

    id: str
    name: str
    utm: str | None
    budget: float
    shares: Mapping[str, float]
    begun: int
    ended: int
    rest: int | None = None


@dataclass(frozen=True)
class Advertiser:
    """One advertising account, with the currency and the zone that its platform reports in."""

    id: str
    name: str
    currency: str
    zone: ZoneInfo
    campaigns: tuple[Campaign, ...]

    def campaign(self, campaign_id: str) -> Campaign | None:
        return next((campaign for campaign in self.campaigns if campaign.id == campaign_id), None)


@dataclass(frozen=True)
class AdDay:
    """What a campaign cost and brought on one network and day, as the platform tells it at a night.

    ``clicks`` lead to the site; ``all_clicks`` are also those on the advertisement itself.
    """

    campaign: Campaign
    network: str
    day: date
    spend: Decimal
    impressions: int
    reach: int
    clicks: int
    all_clicks: int


class Advertising:
    """All advertising accounts of a world, by platform."""

    def __init__(
        self, draw: Draw, calendar: Calendar, changes: Changes, advertisers: Mapping[str, Iterable[Advertiser]]
    ) -> None:
        self._draw, self._calendar, self._changes = draw, calendar, changes
        self._accounts = {(name, account.id): account for name, found in advertisers.items() for account in found}

    def account(self, platform: str, account: str) -> Advertiser | None:
        return self._accounts.get((platform, account))

    def accounts(self, platform: str) -> tuple[Advertiser, ...]:
        return tuple(account for (name, _), account in self._accounts.items() if name == platform)

    def days(self, platform: str, account: str, since: date, until: date, night: date) -> Iterator[AdDay]:
        """Every row of these days as told at that night: by day, campaign, network."""
        advertiser = self._accounts[platform, account]
        for day in days(max(since, self._calendar.opened), min(until, night)):
            for campaign in advertiser.campaigns:
                for network in campaign.shares:
                    row = self.day(platform, advertiser, campaign, network, day, night)
                    if row is not None:
                        yield row

    def day(
        self, platform: str, account: Advertiser, campaign: Campaign, network: str, day: date, night: date
    ) -> AdDay | None:
        """One row as told at that night; None where nothing was shown, or everything was taken back."""
        if not self.runs(campaign, day) or day > night:
            return None
        draw, key = self._draw, ("advertising", platform, account.id, campaign.id, network, day)
        if draw.happens(_SILENT, *key, "silent"):
            return None
        kept = self._kept(key, (night - day).days) * self._passed(account.zone, day, night)
        kept *= self._changes.factor(platform, account.id, day, night)
        spend = draw.around(campaign.budget * campaign.shares[network], 0.16, *key, "spend")
        shown = int(spend * 1000 / draw.around(6.4, 0.2, *key, "price"))
        clicks = draw.among(shown, 0.011, *key, "clicks")
        money = (Decimal(repr(spend)) * Decimal(repr(kept))).quantize(CENT)
        if kept <= 0 or shown == 0 or money <= 0:
            return None
        # What is invalid leaves as clicks and money; that it was shown stays so.
        seen = max(1, int(shown * self._passed(account.zone, day, night)))
        valid = int(clicks * kept)
        return AdDay(
            campaign,
            network,
            day,
            spend=money,
            impressions=seen,
            reach=max(1, min(seen, int(seen / draw.around(1.35, 0.08, *key, "often")))),
            clicks=valid,
            all_clicks=valid + draw.among(seen, 0.006, *key, "other clicks"),
        )

    def runs(self, campaign: Campaign, day: date) -> bool:
        """Whether the campaign is on air on that day."""
        begun, ended = self._calendar.ago(campaign.begun), self._calendar.ago(campaign.ended)
        return begun <= day <= ended and day.weekday() != campaign.rest

    def _kept(self, key: tuple[object, ...], age: int) -> float:
        """The part of a row that still counts so many nights after its day."""
        draw = self._draw
        settled = draw.whole(2, LAST_CHANGE, *key, "settled")
        if draw.happens(_TAKEN_BACK, *key, "taken back"):
            return 0.0 if age >= settled else 1.0
        if not draw.happens(_RESTATED, *key, "restated"):
            return 1.0
        credited = 0.01 + 0.06 * draw.unit(*key, "credited")
        first = draw.whole(1, settled, *key, "first")
        return 1.0 - credited if age >= settled else 1.0 - credited / 2 if age >= first else 1.0

    def _passed(self, zone: ZoneInfo, day: date, night: date) -> float:
        """The part of the account's day that was over when the night was read."""
        begin, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        return min(1.0, (observed_at(night) - begin) / (end - begin))
