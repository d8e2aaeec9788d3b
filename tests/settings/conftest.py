"""A complete settings file of a fictional brand, its environment, and a way to read a changed one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.settings import Settings, SettingsError, read
from pipeline.streams import Source

COMPLETE = (Path(__file__).parent.parent / "fixtures/settings/complete.toml").read_text()

# Values that no message may ever hold; none of them has a shape that a pattern could recognise.
ENVIRONMENT = {
    "VIGIE_FACEBOOK_TOKEN": "canary-facebook-token",
    "VIGIE_FACEBOOK_SECRET": "canary-facebook-secret",
    "VIGIE_MATOMO_TOKEN": "canary-matomo-token",
    "VIGIE_SHOP_KEY": "canary-shop-key",
    "VIGIE_SHOP_SECRET": "canary-shop-secret",
    "VIGIE_WEBHOOK": "https://chat.example.org/canary-webhook",
    "VIGIE_MAIL": "mailtos://vigie:canary-mail@example.org?to=team@example.org",
}

Reader = Callable[..., Settings]
Complaints = Callable[..., list[str]]


@pytest.fixture(scope="session")
def complete() -> str:
    return COMPLETE


@pytest.fixture
def environment() -> dict[str, str]:
    return dict(ENVIRONMENT)


@pytest.fixture(scope="session")
def known() -> Mapping[str, Source]:
    return {name: sources.module(name) for name in sources.names()}


@pytest.fixture(scope="session")
def read_text(tmp_path_factory: pytest.TempPathFactory, known: Mapping[str, Source]) -> Reader:
    """Read a text as settings file, by default with every secret set."""
    path: Path = tmp_path_factory.mktemp("settings") / "vigie.toml"

    def reader(text: str | bytes, environment: Mapping[str, str] = ENVIRONMENT) -> Settings:
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        return read(path, environment, known)

    return reader


@pytest.fixture(scope="session")
def complaints(read_text: Reader) -> Complaints:
    """The findings about a settings file as lines of text; the whole message holds no secret."""

    def findings(text: str | bytes, environment: Mapping[str, str] = ENVIRONMENT) -> list[str]:
        with pytest.raises(SettingsError) as caught:
            read_text(text, environment)
        assert "canary" not in str(caught.value)
        assert "canary" not in repr(caught.value)
        return [str(finding) for finding in caught.value.findings]

    return findings
