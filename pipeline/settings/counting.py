"""Which source counts what of a site, where several could: everything is counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.settings import rules
from pipeline.settings.declared import Declared
from pipeline.settings.findings import shown
from pipeline.settings.shape import Account, Site
from pipeline.settings.table import Table


def counted_by(table: Table) -> Mapping[str, str]:
    """``{ quote_request = "inbox" }``: the platform that counts an action of the site."""
    chosen = table.table("counted_by")
    found = {action: chosen.text(action) for action in chosen.values}
    for action in found:
        if complaint := rules.action(action):
            chosen.fault(action, complaint)
        elif action == "sale":
            chosen.fault(action, "a site's shop counts its sales; without a shop its analytics do")
    chosen.done()
    return found


def check(
    tables: Sequence[Table], sites: Sequence[Site], accounts: Sequence[Account], sources: Mapping[str, Declared]
) -> None:
    """What the sites say of who counts must name accounts of theirs, and say it where several could."""
    for table, site in zip(tables, sites, strict=True):
        own = [account for account in accounts if account.site == site.name]
        analytics = [account for account in own if sources[account.platform].KIND == "site"]
        named = [account for account in analytics if site.analytics in (account.platform, name_of(account))]
        known = ", ".join(name_of(account) for account in analytics) or "none"
        if site.analytics is None and len(analytics) > 1:
            table.fault("analytics", f"is missing: the site has {known}, say which of them counts its visits")
        elif site.analytics is not None and len(named) != 1:
            table.fault(
                "analytics", f"{shown(site.analytics)} names {len(named)} analytics of the site: it has {known}"
            )
        for action, platform in site.counted_by.items():
            if platform not in {account.platform for account in own}:
                table.fault("counted_by", f"{shown(platform)} has no account of the site that could count {action}")


def name_of(account: Account) -> str:
    """An account as the settings name it beside others: ``matomo:1``."""
    return f"{account.platform}:{account.id}"


def analytics_of(site: Site, accounts: Sequence[Account], sources: Mapping[str, Declared]) -> Account | None:
    """The account that counts the visits of the site; None where it has none."""
    own = (account for account in accounts if account.site == site.name and sources[account.platform].KIND == "site")
    return next((a for a in own if site.analytics in (None, a.platform, name_of(a))), None)
