"""OAuth 1.0a: the examples of RFC 5849, and what only its small print says."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import ConfigError
from pipeline.http.oauth1 import Signature, base_string, escaped, signed
from pipeline.settings import Secret

TOLD = {
    "oauth_consumer_key": "9djdj82h48djs9d2",
    "oauth_token": "kkk9d7dh3k39sjv7",
    "oauth_signature_method": "HMAC-SHA1",
    "oauth_timestamp": "137131201",
    "oauth_nonce": "7d8f3e4a",
}


def test_the_base_string_of_the_rfc() -> None:
    # Section 3.4.1.1.
    url = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"
    base = base_string("post", url, [("realm", "Example"), *TOLD.items()], form=[("c2", ""), ("a3", "2 q")])
    assert base == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540"
        "%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-"
        "SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )
    # Section 3.1; the signature that stands there was corrected by erratum 2550.
    assert signed(base, "j49sk3j29djd", "dh893hdasih9") == "r6/TJjbCOr97/+UU0NsvSne7s5g="


def test_the_signature_of_the_rfcs_photos() -> None:
    # Section 1.2: the request for a protected photo.
    told = {
        "oauth_consumer_key": "dpf43f3p2l4k3l03",
        "oauth_token": "nnch734d00sl2jdk",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131202",
        "oauth_nonce": "chapoH",
    }
    base = base_string("GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", told.items())
    assert signed(base, "kd94hf93k423kf44", "pfkkdhi9sl3r4s00") == "MdpQcU8iPSUjWoN/UDMsK2sui9I="


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://Ads-API.x.com/12/stats", "https%3A%2F%2Fads-api.x.com%2F12%2Fstats"),
        ("https://example.net:8080?q=1", "https%3A%2F%2Fexample.net%3A8080%2F"),
        ("https://example.net:443/%7Ea/b%2Fc", "https%3A%2F%2Fexample.net%2F%257Ea%2Fb%252Fc"),
    ],
)
def test_the_address_is_written_as_both_sides_know_it(url: str, where: str) -> None:
    assert base_string("GET", url, ()).split("&")[1] == where


def test_letters_of_every_script_and_signs_are_escaped() -> None:
    assert escaped("a-._~Z9 é+/=*'") == "a-._~Z9%20%C3%A9%2B%2F%3D%2A%27"


def secret(value: str) -> Secret:
    return Secret("env:SECRET", value)


def signature(value: str = "token-aaaa-1111") -> Signature:
    return Signature(secret("key-aaaa"), secret("secret-bbbb"), secret(value), secret("secret-cccc"), now=lambda: 7.9)


def test_a_header_is_good_for_one_request_and_shows_no_secret() -> None:
    one = signature()
    first, second = (one.header("GET", "https://example.net/a?b=c") for _ in range(2))
    told = dict(re.findall(r'(\w+)="([^"]*)"', first))
    assert first.startswith("OAuth oauth_consumer_key=")
    assert (told["oauth_timestamp"], told["oauth_version"], told["oauth_token"]) == ("7", "1.0", "token-aaaa-1111")
    assert first != second
    assert "secret-" not in first + repr(one)


@pytest.mark.parametrize("value", ["", " token", "to\nken", "tökén"])
def test_a_value_that_no_header_may_have_is_refused_by_the_name_of_its_setting(value: str) -> None:
    with pytest.raises(ConfigError, match="env:SECRET"):
        signature(value)
