"""How each face words a refusal: an answer in another form is not the platform's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import requests

Told = requests.Response


def body(told: Told) -> Any:
    assert "json" in told.headers["content-type"], told.text[:200]
    return told.json()


def of_graph(told: Told) -> bool:
    error = body(told)["error"]
    return {"message", "type", "code", "fbtrace_id"} <= error.keys() and isinstance(error["code"], int)


def of_google(told: Told) -> bool:
    error = body(told)["error"]
    return error["code"] == told.status_code and bool(error["message"]) and bool(error["errors"][0]["reason"])


def of_google_cloud(told: Told) -> bool:
    """The newer services name a status beside the code."""
    error = body(told)["error"]
    return error["code"] == told.status_code and bool(error["message"]) and error["status"].isupper()


def of_google_ads(told: Told) -> bool:
    """An error in a list, as a stream of batches has it; no address is Google's own page."""
    if "html" in told.headers["content-type"]:
        return told.status_code == 404
    [batch] = told.json()
    error = batch["error"]
    return error["code"] == told.status_code and bool(error["message"]) and error["status"].isupper()


def of_oauth(told: Told) -> bool:
    return isinstance(body(told)["error"], str)


def of_linkedin(told: Told) -> bool:
    error = body(told)
    if "error" in error:
        return of_oauth(told)
    return bool(error["status"] == told.status_code and {"code", "message"} <= error.keys())


def of_wordpress(told: Told) -> bool:
    """The site's own page where no address of the interface is meant."""
    if "html" in told.headers["content-type"]:
        return told.status_code == 404
    return bool(body(told)["data"]["status"] == told.status_code and {"code", "message"} <= body(told).keys())


def of_matomo(told: Told) -> bool:
    """Errors of its interface come with status 200; anything else is a page."""
    if "html" in told.headers["content-type"]:
        return told.status_code in {401, 404}
    return told.status_code == 200 and body(told)["result"] == "error" and bool(body(told)["message"])


def of_tiktok(told: Told) -> bool:
    """Refusals come with status 200 and a code that is not 0; a path that is not there with 404."""
    error = body(told)
    return error["code"] >= 40000 and not error["data"] and {"message", "request_id"} <= error.keys()


def of_display(told: Told) -> bool:
    error = body(told)["error"]
    return of_oauth(told) if isinstance(error, str) else error["code"] != "ok" and {"message", "log_id"} <= error.keys()


def of_x(told: Told) -> bool:
    """A problem, without its status where it lists what is wrong; the endpoint for tokens speaks OAuth."""
    error = body(told)
    if "error" in error:
        return of_oauth(told)
    named = error.get("status", told.status_code if error.get("errors") else None)
    return bool(named == told.status_code and {"title", "type", "detail"} <= error.keys())


def of_problem(told: Told) -> bool:
    error = body(told)
    return bool(error["status"] == told.status_code and {"type", "title", "detail", "instance"} <= error.keys())


def of_shopify(told: Told) -> bool:
    """One sentence before GraphQL is reached, a list of errors behind; tokens speak OAuth, files XML."""
    if "xml" in told.headers["content-type"]:
        return "<Code>" in told.text
    error = body(told)
    return of_oauth(told) if "error" in error else bool(error["errors"])


def is_refused(told: Told) -> bool:
    """Whether an answer with status 200 is an error all the same."""
    # A file of many lines is no document, nor is one of XML.
    is_document = not {"ndjson", "xml"} & set(re.split(r"\W", told.headers["content-type"]))
    document = told.json() if is_document else None
    return isinstance(document, dict) and (document.get("result") == "error" or document.get("code", 0) != 0)


FORMS: Mapping[str, Callable[[Told], bool]] = {
    "awin": lambda told: body(told).keys() == {"error", "description"},
    "bluesky": lambda told: body(told).keys() == {"error", "message"},
    "ecb": lambda told: "<title>" in told.text,
    "facebook": of_graph,
    "ga4": of_google_cloud,
    "ga4-oauth": of_oauth,
    "google_ads": of_google_ads,
    "google-ads-oauth": of_oauth,
    "impact": lambda told: body(told).keys() == {"Status", "Message"},
    "instagram": of_graph,
    "instagram_login": of_graph,
    "linkedin": of_linkedin,
    "linkedin_ads": of_linkedin,
    "mailchimp": of_problem,
    "mastodon": of_oauth,
    "matomo": of_matomo,
    "meta_ads": of_graph,
    "plausible": lambda told: body(told).keys() == {"error"} and bool(body(told)["error"]),
    "shopify": of_shopify,
    "tiktok": of_tiktok,
    "tiktok_ads": of_tiktok,
    "tiktok_display": of_display,
    "woocommerce": of_wordpress,
    "wordpress": of_wordpress,
    "wpcom": lambda told: body(told).keys() == {"error", "message"},
    "x": of_x,
    "x_ads": lambda told: all({"code", "message"} <= fault.keys() for fault in body(told)["errors"]),
    "youtube": of_google,
    "youtube-analytics": of_google,
    "youtube-oauth": of_oauth,
}
