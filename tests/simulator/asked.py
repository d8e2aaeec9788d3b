"""Requests that each face of the simulator knows, so that a test can make nonsense of them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlencode

import requests

from pipeline.http.oauth1 import Signature
from pipeline.settings import Secret
from pipeline.simulator.brand import WALKS_SITE
from pipeline.simulator.platforms import FACES
from pipeline.simulator.platforms.awin.account import TOKEN as AWIN_TOKEN
from pipeline.simulator.platforms.facebook.account import TOKENS
from pipeline.simulator.platforms.ga4 import account as ga4
from pipeline.simulator.platforms.google_ads import account as google_ads
from pipeline.simulator.platforms.impact import account as impact
from pipeline.simulator.platforms.instagram.account import PAGE_TOKEN, RENEWED, USER_TOKEN
from pipeline.simulator.platforms.linkedin import account as linkedin
from pipeline.simulator.platforms.mailchimp.account import KEY as MAILCHIMP_KEY
from pipeline.simulator.platforms.mastodon.account import TOKEN as MASTODON_TOKEN
from pipeline.simulator.platforms.matomo.account import TOKEN as MATOMO_TOKEN
from pipeline.simulator.platforms.meta_ads.account import TOKEN as META_ADS_TOKEN
from pipeline.simulator.platforms.meta_ads.orders import FIELDS, Order
from pipeline.simulator.platforms.plausible.account import TOKEN as PLAUSIBLE_TOKEN
from pipeline.simulator.platforms.shopify import account as shopify
from pipeline.simulator.platforms.shopify.face import _packed
from pipeline.simulator.platforms.shopify.results import _signature
from pipeline.simulator.platforms.tiktok import account as tiktok
from pipeline.simulator.platforms.tiktok import grants
from pipeline.simulator.platforms.tiktok_ads.account import TOKEN as TIKTOK_ADS_TOKEN
from pipeline.simulator.platforms.woocommerce.account import CREDENTIALS
from pipeline.simulator.platforms.wordpress.account import PASSWORD, STATISTICS_TOKEN, USER
from pipeline.simulator.platforms.x.account import APP_TOKEN, CLIENT_ID, REFRESH_TOKEN
from pipeline.simulator.platforms.x.account import USER_TOKEN as X_TOKEN
from pipeline.simulator.platforms.x_ads.account import KEYS as X_ADS_KEYS
from pipeline.simulator.platforms.youtube import account as youtube
from pipeline.simulator.world.advertisers.google_ads import MAIN as GOOGLE_ADS
from pipeline.simulator.world.advertisers.google_ads import MANAGER
from pipeline.simulator.world.advertisers.linkedin_ads import MAIN as LINKEDIN_ADS
from pipeline.simulator.world.advertisers.meta_ads import MAIN as META_ADS
from pipeline.simulator.world.advertisers.tiktok_ads import MAIN as TIKTOK_ADS
from pipeline.simulator.world.advertisers.x_ads import ADVERTISERS as X_ADVERTISERS
from pipeline.simulator.world.advertisers.x_ads import MAIN as X_ADS
from pipeline.simulator.world.mailchimp import LIST as MAILCHIMP
from pipeline.simulator.world.networks.bluesky import MAIN as BLUESKY
from pipeline.simulator.world.networks.instagram import MAIN as INSTAGRAM
from pipeline.simulator.world.networks.mastodon import NUMBERS
from pipeline.simulator.world.networks.tiktok import BACKSTAGE
from pipeline.simulator.world.networks.tiktok import MAIN as TIKTOK
from pipeline.simulator.world.networks.x import LARGE, SMALL
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)


@dataclass(frozen=True)
class Asked:
    """One request that a face knows. ``secret``: the header or form field that tells who asks."""

    face: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: object = None
    method: str = "GET"
    secret: str = "Authorization"
    # an endpoint for tokens passes over parameters that it does not know
    heeds_all: bool = True
    # makes the header of an address, where each request is signed for itself
    sign: Callable[[str, str], str] | None = None

    def __str__(self) -> str:
        return f"{self.face} {self.path}"

    def of(self, client: Client) -> requests.Response:
        url = f"{client.url}{FACES[self.face].prefix}{self.path}"
        whole = f"{url}?{urlencode(self.params, quote_via=quote)}" if self.params else url
        signed = {self.secret: self.sign(self.method, whole)} if self.sign else {}
        return client.session.request(
            self.method,
            url if self.sign is None else whole,
            params=self.params if self.sign is None else None,
            headers={**signed, **self.headers},
            data=dict(self.form) if self.form else None,
            json=self.json,
            timeout=10,
        )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def matomo(method: str) -> Asked:
    form = {"module": "API", "method": method, "format": "json", "token_auth": MATOMO_TOKEN}
    form |= {"idSite": "1", "period": "day", "date": "2026-11-01"} if method == "VisitsSummary.get" else {}
    return Asked("matomo", "/index.php", form=form, method="POST", secret="token_auth")


LINKEDIN = {**bearer(linkedin.TOKEN), "Linkedin-Version": linkedin.VERSION, "X-Restli-Protocol-Version": "2.0.0"}
PAGE = next(iter(TOKENS.values()))
OWNER = bearer(youtube.access_token(NIGHT))
DAYS = {
    "startDate": "2026-10-01",
    "endDate": "2026-10-30",
    "ids": "channel==MINE",
    "metrics": "views",
    "dimensions": "day",
}
ACCESS = {"Access-Token": grants.access_token(TIKTOK, NIGHT)}
# A file of a shop is named by the query that wrote it; whoever asks for it is told by its signature alone.
FILE = _packed("{orders(query:\"updated_at:>='2026-11-01T00:00:00Z'\"){edges{node{id}}}}")
# A report is asked for by its number, which holds what was ordered.
REPORT = Order(META_ADS, date(2026, 10, 6), NIGHT, frozenset({"120210000000010010"}), FIELDS[3:8], ()).number()
COSTS = {
    "advertiser_id": TIKTOK_ADS,
    "report_type": "BASIC",
    "data_level": "AUCTION_CAMPAIGN",
    "dimensions": '["campaign_id","stat_time_day"]',
    "metrics": '["spend"]',
    "start_date": "2026-10-20",
    "end_date": "2026-11-02",
}
SIGNATURE = Signature(*(Secret(f"env:{name}", value) for name, value in X_ADS_KEYS.items()))
STATISTICS = {
    "entity": "CAMPAIGN",
    "entity_ids": X_ADVERTISERS[0].campaigns[0].id,
    "start_time": "2026-10-31T23:00:00Z",
    "end_time": "2026-11-02T23:00:00Z",
    "granularity": "DAY",
    "metric_groups": "BILLING",
    "placement": "ALL_ON_TWITTER",
}
KNOWN = [
    Asked(
        "awin",
        "/publishers/204069/transactions/",
        {"startDate": "2026-10-01T00:00:00", "endDate": "2026-10-31T23:59:59", "timezone": "UTC"},
        bearer(AWIN_TOKEN),
    ),
    Asked("bluesky", "/xrpc/app.bsky.actor.getProfile", {"actor": BLUESKY}),
    Asked("bluesky", "/xrpc/app.bsky.feed.getAuthorFeed", {"actor": BLUESKY, "limit": "10"}),
    # Nobody needs a token of the bank, and a file heeds nothing.
    Asked("ecb", "/eurofxref-daily.xml", heeds_all=False, secret=""),
    *(
        Asked("facebook", f"/v26.0/{PAGE}{edge}", headers=bearer(next(iter(TOKENS))))
        for edge in ("", "/published_posts")
    ),
    *(
        Asked(
            "ga4",
            f"/v1beta/properties/{ga4.PROPERTY}:runReport",
            headers=bearer(ga4.access_token(NIGHT)),
            json={
                "dateRanges": [{"startDate": "2026-10-28", "endDate": "2026-11-02"}],
                "dimensions": [{"name": dimension}],
                "metrics": [{"name": "sessions"}],
            },
            method="POST",
        )
        for dimension in ("date", "sessionSource")
    ),
    Asked(
        "ga4-oauth",
        "/token",
        form={
            "grant_type": "refresh_token",
            "refresh_token": ga4.REFRESH_TOKEN,
            "client_id": ga4.CLIENT_ID,
            "client_secret": ga4.CLIENT_SECRET,
        },
        method="POST",
        secret="refresh_token",
    ),
    Asked(
        "google_ads",
        f"/v26/customers/{GOOGLE_ADS}/googleAds:searchStream",
        headers={
            **bearer(google_ads.access_token(NIGHT)),
            "developer-token": google_ads.DEVELOPER_TOKEN,
            "login-customer-id": MANAGER,
        },
        json={"query": "SELECT customer.id FROM customer"},
        method="POST",
    ),
    Asked(
        "google-ads-oauth",
        "/token",
        form={
            "grant_type": "refresh_token",
            "refresh_token": google_ads.REFRESH_TOKEN,
            "client_id": google_ads.CLIENT_ID,
            "client_secret": google_ads.CLIENT_SECRET,
        },
        method="POST",
        secret="refresh_token",
    ),
    Asked("impact", f"/Mediapartners/{impact.SID}/Actions", headers=basic(impact.SID, impact.TOKEN)),
    *(
        Asked("instagram", f"/v26.0/{INSTAGRAM}{edge}", headers=bearer(PAGE_TOKEN))
        for edge in ("", "/media", "/stories")
    ),
    Asked("instagram_login", "/v26.0/me", headers=bearer(USER_TOKEN)),
    Asked(
        "instagram_login",
        "/refresh_access_token",
        {"grant_type": "ig_refresh_token"},
        bearer(RENEWED.format("2026-10-01")),
    ),
    Asked("linkedin", "/rest/organizations/2414183", headers=LINKEDIN),
    Asked(
        "linkedin",
        "/rest/networkSizes/urn%3Ali%3Aorganization%3A2414183",
        {"edgeType": "COMPANY_FOLLOWED_BY_MEMBER"},
        LINKEDIN,
    ),
    Asked("linkedin_ads", f"/rest/adAccounts/{LINKEDIN_ADS}", headers=LINKEDIN),
    Asked("linkedin_ads", f"/rest/adAccounts/{LINKEDIN_ADS}/adCampaigns", {"q": "search"}, LINKEDIN),
    *(
        Asked("mailchimp", f"/3.0/{path}", headers=basic("anybody", MAILCHIMP_KEY))
        for path in (f"lists/{MAILCHIMP}", f"lists/{MAILCHIMP}/members", "reports")
    ),
    Asked("mastodon", f"/api/v1/accounts/{NUMBERS['atelier']}", headers=bearer(MASTODON_TOKEN)),
    Asked("mastodon", f"/api/v1/accounts/{NUMBERS['atelier']}/statuses", headers=bearer(MASTODON_TOKEN)),
    Asked("mastodon", "/api/v1/accounts/lookup", {"acct": "atelier"}, bearer(MASTODON_TOKEN)),
    *(
        Asked("meta_ads", f"/v26.0/{path}", {"fields": fields} if fields else {}, bearer(META_ADS_TOKEN))
        for path, fields in (
            (f"act_{META_ADS}", "name,currency"),
            (f"act_{META_ADS}/campaigns", "id"),
            (f"act_{META_ADS}/ads", "id,creative{url_tags}"),
            (REPORT, "async_status"),
            (f"{REPORT}/insights", ""),
        )
    ),
    matomo("API.getMatomoVersion"),
    matomo("VisitsSummary.get"),
    Asked(
        "plausible",
        "/api/v2/query",
        headers=bearer(PLAUSIBLE_TOKEN),
        json={"site_id": WALKS_SITE, "metrics": ["visitors"], "date_range": "7d"},
        method="POST",
    ),
    Asked(
        "shopify",
        "/atelier-marin-uk/admin/api/2026-07/graphql.json",
        headers={"X-Shopify-Access-Token": shopify.TOKEN},
        json={"query": "{shop{name}}"},
        method="POST",
        secret="X-Shopify-Access-Token",
    ),
    Asked(
        "shopify",
        "/atelier-marin-au/admin/oauth/access_token",
        form={
            "grant_type": "client_credentials",
            "client_id": shopify.CLIENT_ID,
            "client_secret": shopify.CLIENT_SECRET,
        },
        method="POST",
        secret="client_secret",
    ),
    Asked(
        "shopify",
        f"/atelier-marin-uk/bulk-results/{FILE}.jsonl",
        {"Expires": f"{NIGHT:%Y%m%d}", "Signature": _signature(FILE, NIGHT)},
        heeds_all=False,
    ),
    Asked(
        "tiktok",
        "/open_api/v1.3/business/get/",
        {"business_id": TIKTOK, "fields": '["followers_count"]'},
        ACCESS,
        secret="Access-Token",
    ),
    Asked(
        "tiktok",
        "/open_api/v1.3/business/video/list/",
        {"business_id": TIKTOK, "fields": '["item_id"]'},
        ACCESS,
        secret="Access-Token",
    ),
    Asked("tiktok_display", "/v2/user/info/", {"fields": "open_id"}, bearer(grants.access_token(BACKSTAGE, NIGHT))),
    Asked(
        "tiktok_display",
        "/v2/video/list/",
        {"fields": "id"},
        bearer(grants.access_token(BACKSTAGE, NIGHT)),
        json={"max_count": 5},
        method="POST",
    ),
    *(
        Asked(
            "tiktok_ads", f"/open_api/v1.3/{path}/", params, {"Access-Token": TIKTOK_ADS_TOKEN}, secret="Access-Token"
        )
        for path, params in (
            ("advertiser/info", {"advertiser_ids": f'["{TIKTOK_ADS}"]', "fields": '["name"]'}),
            ("report/integrated/get", COSTS),
            ("ad/get", {"advertiser_id": TIKTOK_ADS, "fields": '["ad_id"]'}),
        )
    ),
    Asked("woocommerce", "/wp-json/wc/v3/orders", headers=basic(*CREDENTIALS)),
    *(
        Asked("wordpress", f"/wp-json/{route}", headers=basic(USER, PASSWORD))
        for route in ("wp/v2/posts", "wp/v2/comments", "")
    ),
    Asked("wpcom", "/rest/v1/sites/journal/stats/visits", {"unit": "day", "quantity": "3"}, bearer(STATISTICS_TOKEN)),
    Asked("wpcom", "/rest/v1.1/sites/journal/stats/summary", headers=bearer(STATISTICS_TOKEN)),
    Asked("x", f"/2/users/{LARGE}", headers=bearer(X_TOKEN)),
    Asked("x", f"/2/users/{LARGE}/tweets", headers=bearer(X_TOKEN)),
    Asked("x", f"/2/users/{SMALL}/tweets", headers=bearer(APP_TOKEN)),
    *(
        Asked("x_ads", f"/12/{path}", params, sign=SIGNATURE.header)
        for path, params in (
            (f"accounts/{X_ADS}", {}),
            (f"accounts/{X_ADS}/campaigns", {"count": "2"}),
            (f"stats/accounts/{X_ADS}", STATISTICS),
        )
    ),
    Asked("youtube", "/v3/channels", {"part": "id", "mine": "true"}, OWNER),
    Asked("youtube-analytics", "/v2/reports", DAYS, OWNER),
    Asked(
        "youtube-oauth",
        "/token",
        form={
            "grant_type": "refresh_token",
            "refresh_token": youtube.REFRESH_TOKEN,
            "client_id": youtube.CLIENT_ID,
            "client_secret": youtube.CLIENT_SECRET,
        },
        method="POST",
        secret="refresh_token",
    ),
    Asked(
        "x",
        "/2/oauth2/token",
        form={"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN, "client_id": CLIENT_ID},
        method="POST",
        secret="refresh_token",
        heeds_all=False,
    ),
    Asked(
        "tiktok_display",
        "/v2/oauth/token/",
        form={
            "grant_type": "refresh_token",
            "refresh_token": grants.refresh_token(BACKSTAGE, 0),
            "client_key": tiktok.CLIENT_ID,
            "client_secret": tiktok.CLIENT_SECRET,
        },
        method="POST",
        secret="refresh_token",
        heeds_all=False,
    ),
    Asked(
        "linkedin",
        "/oauth/v2/accessToken",
        form={
            "grant_type": "refresh_token",
            "refresh_token": linkedin.REFRESH_TOKEN,
            "client_id": linkedin.CLIENT_ID,
            "client_secret": linkedin.CLIENT_SECRET,
        },
        method="POST",
        secret="refresh_token",
        heeds_all=False,
    ),
]
