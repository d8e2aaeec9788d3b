"""What visits cost: as advertising accounts measured it, as it was declared, and as people noted it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from pipeline.simulator.truth.facts import Account, Facts, Origin, Spend
from pipeline.simulator.truth.rates import reported
from pipeline.simulator.truth.table import all_money, money, newest
from pipeline.simulator.truth.terms import CampaignTerms, NotedCost, Terms

Campaign = tuple[str, str]  # platform, campaign


class Costs:
    """The costs of every day, platform and campaign."""

    def __init__(self, facts: Facts, terms: Terms) -> None:
        self._facts, self._terms = facts, terms
        self._measured: dict[Origin, list[Spend]] = {}
        self._accounts: dict[Campaign, dict[Account, date]] = {}
        for spend in facts.spends:
            campaign = self.campaign_of(spend)
            self._measured.setdefault((spend.day, *campaign), []).append(spend)
            since = self._accounts.setdefault(campaign, {})
            account = (spend.platform, spend.account)
            since[account] = min(spend.day, since.get(account, spend.day))
        self._noted: dict[Origin, list[NotedCost]] = {}
        for cost in terms.noted:
            self._noted.setdefault((cost.day, cost.platform, cost.campaign), []).append(cost)
        self._noted_from: dict[Campaign, date] = {}
        for day, platform, name in sorted(self._noted):
            self._noted_from.setdefault((platform, name), day)

    def of(self, origin: Origin) -> Decimal | None:
        """What the origin cost on its day, in the reporting currency; None where a part of it is not known."""
        main, has_main = self._main(origin)
        if origin[0] < self._noted_from.get(origin[1:], date.max):
            return main
        extra = money(0)
        if origin in self._noted:
            found = self._reported(self._noted[origin])
            if found is None:
                return None
            extra = found
        if main is None:
            return None if has_main else extra
        return main + extra

    def seen(self, origin: Origin) -> datetime | None:
        """When the newest of what was measured was told."""
        return newest(spend.observed_at for spend in self._measured.get(origin, []))

    def spent(self, first: date | None, last: date | None) -> Iterator[Origin]:
        """Origins that cost something: what was declared and noted only within the days that sites counted."""
        for origin, spends in self._measured.items():
            if any(spend.spend for spend in spends):
                yield origin
        if first is None or last is None:
            return
        for origin, costs in self._noted.items():
            if origin[0] <= last and any(cost.amount for cost in costs):
                yield origin
        for campaign in self._terms.campaigns:
            for n in range((last - first).days + 1):
                origin = (first + timedelta(days=n), campaign.platform, campaign.utm_campaign.lower())
                if campaign.cost_on(origin[0]) and not self._advertised(origin):
                    yield origin

    def _main(self, origin: Origin) -> tuple[Decimal | None, bool]:
        """What was measured or declared, and whether there was anything to be known."""
        day, platform, campaign = origin
        if campaign == "":
            return (None if self._terms.organic_cost is None else money(self._terms.organic_cost)), False
        accounts = self._advertised(origin)
        if accounts:
            if not all(any(unit.covers(day) for unit in self._facts.landed(account)) for account in accounts):
                return None, True
            return (self._reported(self._measured[origin]) if origin in self._measured else money(0)), True
        known = self._terms.campaign(campaign)
        cost = known.cost_on(day) if known is not None and known.platform == platform else None
        return (None, False) if cost is None else (money(cost), True)

    def _advertised(self, origin: Origin) -> list[Account]:
        """The accounts in which the campaign was advertised by that day."""
        return [account for account, since in self._accounts.get(origin[1:], {}).items() if since <= origin[0]]

    def _reported(self, costs: Sequence[Spend] | Sequence[NotedCost]) -> Decimal | None:
        return all_money(
            reported(
                self._facts,
                self._terms,
                cost.spend if isinstance(cost, Spend) else cost.amount,
                cost.currency,
                cost.day,
            )
            for cost in costs
        )

    def campaign_of(self, spend: Spend) -> Campaign:
        """The platform and campaign of the settings that it paid for, else its network and its name."""
        known = self._configured(spend)
        if known is not None:
            return known.platform, known.utm_campaign.lower()
        return spend.network, (spend.utm or spend.name or spend.campaign_id).lower()

    def _configured(self, spend: Spend) -> CampaignTerms | None:
        """By id, by name, by what its links carry, then by its name being that of a campaign."""
        name = spend.name.lower()
        tries = (
            lambda c: (spend.platform, spend.campaign_id.lower()) in c.ads,
            lambda c: (spend.platform, name) in c.ads,
            lambda c: spend.utm is not None and c.utm_campaign.lower() == spend.utm.lower(),
            lambda c: c.utm_campaign.lower() == name,
            lambda c: c.name.lower() == name,
        )
        found = (c for fits in tries for c in self._terms.campaigns if fits(c))
        return next(found, None)
