"""Everything of a site is counted once: where two sources could, the settings say which."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline import sources
from pipeline.settings import Settings, analytics_of

Reader = Callable[..., Settings]
Complaints = Callable[..., list[str]]
SITE = 'name = "boutique.example"\n'
SECOND = """
[[sources.matomo]]
id = "2"
base = "https://second.example.org"
site = "boutique.example"
token = "env:VIGIE_MATOMO_TOKEN"
"""


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> str:
    """The name of the site that the complete settings measure."""
    settings: Settings = request.getfixturevalue("read_text")(request.getfixturevalue("complete"))
    return settings.sites[0].name


def two_analytics(complete: str, site: str, said: str = "") -> str:
    return complete.replace(f'name = "{site}"\n', f'name = "{site}"\n{said}', 1) + SECOND.replace(
        "boutique.example", site
    )


def test_two_analytics_of_a_site_need_a_word(complaints: Complaints, complete: str, site: str) -> None:
    (found,) = complaints(two_analytics(complete, site))
    assert "sites[0].analytics" in found
    assert "is missing: the site has matomo:1, matomo:2, say which of them counts its visits" in found


def test_the_word_is_a_platform_or_one_of_its_accounts(read_text: Reader, complete: str, site: str) -> None:
    settings = read_text(two_analytics(complete, site, 'analytics = "matomo:2"\n'))
    chosen = analytics_of(settings.sites[0], settings.accounts, {n: sources.module(n) for n in sources.names()})
    assert chosen is not None
    assert (chosen.platform, chosen.id) == ("matomo", "2")


@pytest.mark.parametrize("word", ["matomo", "matomo:3", "ga4"])
def test_a_word_that_names_no_single_one_is_refused(
    complaints: Complaints, complete: str, site: str, word: str
) -> None:
    (found,) = complaints(two_analytics(complete, site, f'analytics = "{word}"\n'))
    assert f'"{word}" names' in found
    assert "it has matomo:1, matomo:2" in found


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ('counted_by = { quote_request = "inbox" }\n', '"inbox" has no account of the site that could count'),
        ('counted_by = { sale = "matomo" }\n', "a site's shop counts its sales"),
        ('counted_by = { sales = "matomo" }\n', '"sales" is not an action'),
    ],
)
def test_who_counts_an_action_has_an_account_of_the_site(
    complaints: Complaints, complete: str, site: str, said: str, complaint: str
) -> None:
    found = complaints(complete.replace(f'name = "{site}"\n', f'name = "{site}"\n{said}', 1))
    assert any(complaint in line and "sites[0].counted_by" in line for line in found)
