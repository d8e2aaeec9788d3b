"""What is asked of a shop, in GraphQL. Nothing about the buyer is among it: no name, mail, address or id."""

from __future__ import annotations

import json
from typing import Final

_MONEY: Final = "{shopMoney{amount currencyCode}}"
_VISIT: Final = "{occurredAt source sourceType referrerUrl landingPage utmParameters{source medium campaign content}}"
_ORDER: Final = (
    "{id legacyResourceId createdAt updatedAt processedAt cancelledAt test displayFinancialStatus "
    f"totalPriceSet{_MONEY} currentTotalPriceSet{_MONEY} totalRefundedSet{_MONEY} "
    f"customerJourneySummary{{ready firstVisit{_VISIT} lastVisit{_VISIT}}}}}"
)
_OPERATION: Final = "{id status errorCode objectCount rootObjectCount fileSize url}"

SHOP: Final = "query Shop{shop{myshopifyDomain ianaTimezone currencyCode} currentAppInstallation{accessScopes{handle}}}"
COUNT: Final = "query Count($query:String!){ordersCount(query:$query,limit:null){count precision}}"
ORDERS: Final = (
    "query Orders($first:Int!,$after:String,$query:String!)"
    "{orders(first:$first,after:$after,query:$query,sortKey:UPDATED_AT)"
    f"{{pageInfo{{hasNextPage endCursor}} nodes{_ORDER}}}}}"
)
RUN: Final = (
    "mutation Run($query:String!){bulkOperationRunQuery(query:$query)"
    "{bulkOperation{id status} userErrors{field message code}}}"
)
POLL: Final = f"query Poll($id:ID!){{node(id:$id){{... on BulkOperation{_OPERATION}}}}}"


def bulk(search: str) -> str:
    """The same orders as one bulk operation, which takes neither variables nor a size of page."""
    return f"{{orders(query:{json.dumps(search)}){{edges{{node{_ORDER}}}}}}}"
