"""Shopify, Admin GraphQL: orders of a shop and the visits that led to them, without anything about the buyer.

A query costs points; 2,000 of them fill up by 100 a second on the ordinary plan, and every answer tells.
Documentation: https://shopify.dev/docs/api/admin-graphql/latest/queries/orders

Quirks that shape this module:

* Orders are found by modification, and listed by it: one that is changed while the list is read leaves it,
  because the list ends at the shop's clock of the first answer. It is counted before and, where the
  numbers differ, afterwards.
* Above ``bulk_above`` orders the shop is asked to write them into a file (a bulk operation), which costs no
  points. What it holds is counted against what was announced.
* Without the access scope ``read_all_orders`` only orders of the last 60 days are given, without a word.
* Errors come with HTTP 200. A query may be throttled, or cost too much: then the page is halved.
* The journey of an order is worked out later (``ready``), which does not count as a modification. The window
  reaches back ``RESTATEMENT_DAYS``, so that every order is read again in the nights after it was placed.
* Totals stand in the shop's currency. A test order is no sale, and is marked.
* A version that is too old is answered as the oldest one that lives; a header tells.
* Apps of the developers' dashboard get a token for a day with their id and secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Literal

import msgspec

from pipeline.errors import ConfigError, SourceRefused
from pipeline.http import Grant, Limits, Session, Token, judge_grant, standard_grant
from pipeline.settings import Account, Secret
from pipeline.sources._answers import guarded
from pipeline.sources.shopify import api as calls
from pipeline.sources.shopify import bulk, queries
from pipeline.sources.shopify.api import Api
from pipeline.sources.shopify.listing import confirmed, counted, listed, search, unique
from pipeline.sources.shopify.points import Points
from pipeline.streams import Note, Stream, Unit, Yield

PLATFORM = "shopify"
KIND: Literal["shop"] = "shop"
ORIGIN: Literal["api"] = "api"
BASE = ""
API_VERSION = calls.API_VERSION
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 3
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
# Either the token of a custom app, or the id and secret of an app of the developers' dashboard.
CREDENTIALS: tuple[str, ...] = ()
OPTIONAL_CREDENTIALS = ("token", "client_id", "client_secret")
OPTIONS: Mapping[str, object] = {
    # From so many orders on, a bulk operation.
    "bulk_above": 1000,
    # Where the shop leaves the file of a bulk operation. No other host is asked.
    "results_base": "https://storage.googleapis.com",
}

STREAMS = (
    Stream(
        name="orders",
        columns={
            "id": "VARCHAR",
            "legacyResourceId": "VARCHAR",
            "createdAt": "VARCHAR",
            "updatedAt": "VARCHAR",
            "processedAt": "VARCHAR",
            "cancelledAt": "VARCHAR",
            "test": "BOOLEAN",
            "displayFinancialStatus": "VARCHAR",
            "totalPriceSet": "JSON",
            "currentTotalPriceSet": "JSON",
            "totalRefundedSet": "JSON",
            "customerJourneySummary": "JSON",
        },
        key=("id",),
        # West of Greenwich the shop's day may be the one before the UTC date. An imported order was placed long ago.
        day="TRY_CAST(left(coalesce(processedAt, createdAt), 10) AS DATE) - 1",
    ),
)

_RECENT_DAYS = 60


class _Scope(msgspec.Struct):
    handle: str


class _Installation(msgspec.Struct, rename="camel"):
    access_scopes: list[_Scope] = []


class _Place(msgspec.Struct, rename="camel"):
    myshopify_domain: str
    iana_timezone: str
    currency_code: str


class _Shop(msgspec.Struct, rename="camel"):
    shop: _Place
    current_app_installation: _Installation

    def may(self, scope: str) -> bool:
        return any(each.handle == scope for each in self.current_app_installation.access_scopes)


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the app's token, or one that its id and secret get. ConfigError where there is neither."""
    secrets = account.secrets
    token: Token | None = None
    headers: dict[str, str | Secret] = {}
    if "client_id" in secrets and "client_secret" in secrets:
        renew = partial(_granted, secrets["client_id"])
        name = "X-Shopify-Access-Token"
        token = Token(account, refresh=secrets["client_secret"], renew=renew, header=name, scheme="")
    elif "token" in secrets:
        headers["X-Shopify-Access-Token"] = secrets["token"]
    else:
        raise ConfigError(f"shopify {account.id}: set token, or client_id and client_secret")
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        headers=headers,
        token=token,
        rates=Points().rates(),
        state=account.state,
        limits=limits,
    )


def _granted(client_id: Secret, http: Session, secret: Secret) -> Grant:
    """A token of a day: no person has to consent, so the app's secret is all that it takes."""
    form: dict[str, str | int | Secret] = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
    }
    return standard_grant(http.post("admin/oauth/access_token", form, judge=judge_grant))


def version_ends(account: Account) -> tuple[str, date] | None:
    """The version that is asked and its last day: every one lives for a year."""
    del account
    return API_VERSION, date(int(API_VERSION[:4]) + 1, int(API_VERSION[5:]), 1) - timedelta(days=1)


def check(account: Account, http: Session) -> str:
    """One call for the shop and what the app may read of it."""
    del account
    shop = _asked(Api(http))
    reach = "all orders" if shop.may("read_all_orders") else f"orders of the last {_RECENT_DAYS} days only"
    return f"shop {shop.shop.myshopify_domain}, {shop.shop.currency_code}, {shop.shop.iana_timezone}, {reach}"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """Orders that were modified since the window began."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    api = Api(http)
    yield from _notes(account, _asked(api), api)
    wanted = search(account, unit, http)
    announced, is_exact = counted(api, wanted)
    threshold = account.options["bulk_above"]
    if isinstance(threshold, int) and (announced > threshold or not is_exact):
        pages: Iterable[list[bytes]] = bulk.found(api, str(account.options["results_base"]), wanted)
        yield from unique(pages, None)
    else:
        yield from unique(listed(api, wanted), lambda found: confirmed(api, wanted, announced, found))


def _asked(api: Api) -> _Shop:
    shop = api.ask(queries.SHOP, {}, _Shop, "the shop")
    if not shop.may("read_orders") and not shop.may("read_all_orders"):
        raise SourceRefused("give the app the access scope read_orders, and renew its token")
    return shop


def _notes(account: Account, shop: _Shop, api: Api) -> Iterator[Note]:
    if not shop.may("read_all_orders"):
        yield Note(
            "orders_out_of_reach",
            f"the shop gives orders of the last {_RECENT_DAYS} days only, older ones and their refunds are unknown: "
            "grant the app the access scope read_all_orders",
        )
    zone = shop.shop.iana_timezone
    if zone != account.time_zone:
        yield Note(
            "time_zone_differs",
            f"the shop's day is that of {zone}, the settings say {account.time_zone}: "
            "its sales lie on other days than in the shop's own reports",
        )
    if api.served and api.served != API_VERSION:
        yield Note(
            "version_ages",
            f"the shop answers as version {api.served} of its API, {API_VERSION} was asked: update Vigie",
        )
