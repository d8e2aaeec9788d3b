"""Google Analytics: who may ask, what is spent, and what each refusal means."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline.errors import (
    ConfigError,
    QuotaExhausted,
    SourceChanged,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from pipeline.settings import Account, Secret
from pipeline.sources import ga4
from pipeline.sources.ga4.errors import RATES
from pipeline.sources.ga4.reports import DAYS, ORIGINS, Report
from tests.sources.loopback import Loopback, Reply
from tests.sources.property import ACCESS, FOUR, Property, error, here, read, table
from tests.sources.reading import NIGHT, QUICK, fetch, unit

# --- who asks ---


def test_whoever_signed_in_asks_with_a_token_of_an_hour(server: Loopback) -> None:
    Property(server)
    read(server)
    grant, *reports = server.asked
    assert grant.form == {
        "grant_type": "refresh_token",
        "client_id": "318.apps.example",
        "client_secret": "client-secret-ga4b",
        "refresh_token": "refresh-token-ga4a",
    }
    assert {asked.headers["authorization"] for asked in reports} == {f"Bearer {ACCESS}"}
    assert {asked.target for asked in reports} == {"/properties/318170001:runReport"}


def test_without_anybody_to_ask_for_it_is_told_who_may(server: Loopback) -> None:
    with pytest.raises(ConfigError, match="service_account is needed, or refresh_token"):
        fetch(replace(here(server), secrets={}))


@pytest.fixture(scope="module")
def private() -> RSAPrivateKey:
    return generate_private_key(65_537, 2048)


def served(server: Loopback, **file: object) -> Account:
    """The account with the key file of a service account."""
    return replace(here(server), secrets={"service_account": Secret("env:key", json.dumps(file))})


def key_file(private: RSAPrivateKey) -> dict[str, str]:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"client_email": "reader@project.example", "private_key": pem, "private_key_id": "key-104"}


def part(text: str) -> Any:
    return json.loads(urlsafe_b64decode(text + "=="))


def test_a_service_account_signs_what_it_says_of_itself(
    server: Loopback, private: RSAPrivateKey, tmp_path: Path
) -> None:
    Property(server)
    there = replace(served(server, **key_file(private)), state=tmp_path)
    fetch(there)
    form = server.asked[0].form
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    told, _, signature = form["assertion"].rpartition(".")
    private.public_key().verify(urlsafe_b64decode(signature + "=="), told.encode(), PKCS1v15(), SHA256())
    head, claims = map(part, told.split("."))
    assert head == {"alg": "RS256", "typ": "JWT", "kid": "key-104"}
    assert {name: claims[name] for name in ("iss", "scope", "aud")} == {
        "iss": "reader@project.example",
        "scope": "https://www.googleapis.com/auth/analytics.readonly",
        "aud": "https://oauth2.googleapis.com/token",
    }
    assert claims["exp"] - claims["iat"] == 3600
    # The key is in the settings alone.
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"key-104" in kept
    assert b"PRIVATE KEY" not in kept
    before = len(server.asked)
    fetch(there)
    assert not [asked for asked in server.asked[before:] if asked.path == "/oauth/token"]


def test_a_key_that_is_none_is_told_without_showing_it(server: Loopback, private: RSAPrivateKey) -> None:
    Property(server)
    with pytest.raises(ConfigError, match="is the JSON file of a key"):
        fetch(served(server, client_email="x"))
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        fetch(served(server, **{**key_file(private), "private_key": "no-key-at-all"}))
    assert "no-key" not in str(caught.value)


# --- what is spent ---


def status(remaining: int) -> dict[str, int]:
    return {"consumed": 7, "remaining": remaining}


def test_what_is_left_is_read_from_every_report(server: Loopback) -> None:
    there = Property(server)
    quota = {"tokensPerDay": status(150_000), "tokensPerHour": status(35_000), "concurrentRequests": status(9)}
    there.instead[DAYS] = Reply({**table(DAYS, []), "propertyQuota": quota})
    source = here(server)
    with ga4.open_session(source, NIGHT, QUICK) as http:
        answer = http.post("/properties/1:runReport", json=body(DAYS), judge=lambda _: None)
    told = {each.name: each for each in RATES.told("", answer)}
    assert {name: (each.limit, each.remaining) for name, each in told.items()} == {
        "tokens of the day": (200_000, 150_000),
        "tokens of the hour": (40_000, 35_000),
    }
    assert told["tokens of the day"].resets_at == datetime(2026, 11, 3, 8, tzinfo=UTC)
    assert told["tokens of the hour"].resets_at == datetime(2026, 11, 3, 4, tzinfo=UTC)


def body(report: Report) -> dict[str, Any]:
    return {"dimensions": [{"name": n} for n in report.dimensions], "metrics": [{"name": n} for n in report.metrics]}


def test_a_day_whose_tokens_run_low_is_not_asked_to_its_end(server: Loopback, tmp_path: Path) -> None:
    there = Property(server)
    there.instead[DAYS] = Reply(
        {**table(DAYS, []), "propertyQuota": {"tokensPerDay": status(20), "tokensPerHour": status(30_000)}}
    )
    source = replace(here(server), state=tmp_path)
    with pytest.raises(QuotaExhausted, match="tokens of the day is spent until 2026-11-03 08:00"):
        fetch(source, unit(source))
    assert not there.asked(ORIGINS)


# --- what each refusal means ---

EXHAUSTED = "Exhausted property tokens {}. These quota tokens will return."


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error("Field x is not a valid metric.", 400), SourceChanged, "not a valid metric"),
        (error("No credentials.", 401, "UNAUTHENTICATED"), TokenExpired, "renew|connect"),
        (error("No permission for this property.", 403, "PERMISSION_DENIED"), SourceRefused, "view the property"),
        (
            error("Disabled.", 403, "PERMISSION_DENIED", "SERVICE_DISABLED"),
            SourceRefused,
            "enable the Google Analytics Data API",
        ),
        (
            error("Scope.", 403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
            SourceRefused,
            "grant the scope",
        ),
        (error("Not found.", 404, "NOT_FOUND"), SourceRefused, "the property's id"),
        (error(EXHAUSTED.format("per day"), 429, "RESOURCE_EXHAUSTED"), QuotaExhausted, "midnight, Pacific"),
        (error(EXHAUSTED.format("per hour"), 429, "RESOURCE_EXHAUSTED"), QuotaExhausted, "quota of the hour"),
        (
            error("Exhausted potentially thresholded requests quota.", 429, "RESOURCE_EXHAUSTED"),
            QuotaExhausted,
            "quota of the hour",
        ),
        # A pause that is longer than these tests are patient.
        (error("Exhausted concurrent requests quota.", 429, "RESOURCE_EXHAUSTED"), QuotaExhausted, "03:00 UTC on"),
        (error("Exhausted something new.", 429, "RESOURCE_EXHAUSTED"), SourceUnavailable, "something new"),
        (error("Internal.", 500, "INTERNAL"), SourceUnavailable, "Internal"),
        (error("Away.", 503, "UNAVAILABLE"), SourceUnavailable, "Away"),
        (Reply(b"<html>Sorry</html>"), SourceUnavailable, "maintenance page"),
    ],
)
def test_every_error_has_one_meaning(server: Loopback, reply: Reply, kind: type[Exception], words: str) -> None:
    there = Property(server)
    there.rows[DAYS] = [("20261031", *FOUR)]
    there.instead[ORIGINS] = reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert type(caught.value) is kind
    assert str(caught.value).startswith("ga4 318170001, night 2026-11-02")
    assert ACCESS not in str(caught.value)


@pytest.mark.parametrize(("quota", "hour"), [("per day", 8), ("per hour", 4), ("for a project per hour", 4)])
def test_a_spent_quota_tells_when_it_is_given_anew(server: Loopback, quota: str, hour: int) -> None:
    Property(server).instead[DAYS] = error(EXHAUSTED.format(quota), 429, "RESOURCE_EXHAUSTED")
    with pytest.raises(QuotaExhausted) as caught:
        read(server)
    assert caught.value.resets_at == datetime(2026, 11, 3, hour, tzinfo=UTC)
