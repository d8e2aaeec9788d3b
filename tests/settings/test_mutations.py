"""However a settings file is damaged, it is read or refused in words that name the place."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.settings import Finding, Settings, SettingsError
from pipeline.settings.findings import dotted
from pipeline.settings.lines import KeyPath

Reader = Callable[..., Settings]


def leaves(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path


def tables(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    if isinstance(value, dict):
        yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else []):
        yield from tables(inner, (*path, key))


COMPLETE = (Path(__file__).parent.parent / "fixtures/settings/complete.toml").read_text()
# A busy machine is no finding.
unhurried = settings(deadline=None)
DOCUMENT = tomllib.loads(COMPLETE)
LEAVES = sorted(leaves(DOCUMENT), key=str)
TABLES = sorted(tables(DOCUMENT), key=str)
REQUIRED = {
    "brand", "reporting_currency", "time_zone", "language", "paths.landing", "paths.warehouse", "paths.publication",
    "sources.facebook[0].id", "sources.facebook[0].token", "sources.facebook[1].id", "sources.facebook[1].token",
    "sources.matomo[0].id", "sources.matomo[0].token", "sources.matomo[0].base", "sources.matomo[0].site",
    "sources.woocommerce[0].id", "sources.woocommerce[0].key", "sources.woocommerce[0].secret",
    "sources.woocommerce[0].base", "sources.woocommerce[0].site", "sites[0].name",
    "campaigns[0].name", "campaigns[0].utm_campaign", "campaigns[0].platform",
    "team.members[0].name", "team.members[1].name",
    "alerts.channels[0].name", "alerts.channels[0].url", "alerts.channels[1].name", "alerts.channels[1].url",
}  # fmt: skip


def changed(path: KeyPath, edit: Callable[[Any, Any], None]) -> str:
    """The complete file after ``edit(container, last step)`` at ``path``."""
    document: Any = tomlkit.parse(COMPLETE)
    container = document
    for step in path[:-1]:
        container = container[step]
    edit(container, path[-1])
    return tomlkit.dumps(document)


def findings(read_text: Reader, text: str) -> tuple[Finding, ...]:
    try:
        read_text(text)
    except SettingsError as error:
        return error.findings
    return ()


def line_of(text: str, mark: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if mark in line)


@unhurried
@given(path=st.sampled_from(LEAVES))
def test_c1_a_value_of_another_type_is_named_with_its_key_and_line(path: KeyPath, read_text: Reader) -> None:
    # No setting is a time of day, so this is wrong wherever it stands.
    def edit(container: Any, key: Any) -> None:
        container[key] = tomlkit.time("11:22:33")

    text = changed(path, edit)
    places = {(found.key, found.line) for found in findings(read_text, text)}
    assert (dotted(path), line_of(text, "11:22:33")) in places


@unhurried
@given(path=st.sampled_from(TABLES), key=st.from_regex(r"zz[a-z_]{1,12}", fullmatch=True))
def test_c1_an_unknown_key_is_named_with_its_line_anywhere(path: KeyPath, key: str, read_text: Reader) -> None:
    def edit(container: Any, last: Any) -> None:
        container[last] = "canary"

    text = changed((*path, key), edit)
    places = {(found.key, found.line) for found in findings(read_text, text)}
    assert (dotted((*path, key)), line_of(text, "canary")) in places


@unhurried
@given(path=st.sampled_from(LEAVES))
def test_c1_a_key_that_is_taken_away_is_missed_exactly_when_it_is_required(path: KeyPath, read_text: Reader) -> None:
    def edit(container: Any, key: Any) -> None:
        del container[key]

    found = [finding.key for finding in findings(read_text, changed(path, edit))]
    place = dotted(path)
    if place in REQUIRED:
        assert place in found
    else:
        assert found == []


@unhurried
@given(path=st.sampled_from([path for path in LEAVES if isinstance(path[-1], str)]), data=st.data())
def test_c1_a_slip_of_the_pen_in_a_key_is_named(path: KeyPath, data: st.DataObject, read_text: Reader) -> None:
    key = str(path[-1])
    place = data.draw(st.integers(0, len(key) - 1))
    slip = key[:place] + "0" + key[place + 1 :]

    def edit(container: Any, last: Any) -> None:
        container[slip] = container.pop(last)

    if path[:-1] != ("sites", 0, "goals"):  # goal ids are the analytics' own
        found = [finding.key for finding in findings(read_text, changed(path, edit))]
        assert dotted((*path[:-1], slip)) in found


@unhurried
@given(platform=st.sampled_from(["facebook", "matomo", "woocommerce"]), data=st.data())
def test_c1_an_account_given_twice_is_refused(platform: str, data: st.DataObject, read_text: Reader) -> None:
    accounts = DOCUMENT["sources"][platform]
    place = data.draw(st.integers(0, len(accounts) - 1))
    copied = tomlkit.dumps({"sources": {platform: [accounts[place]]}}).partition("\n")[2]
    text = COMPLETE + f"\n[[sources.{platform}]]\n" + copied.removeprefix(f"[[sources.{platform}]]\n")
    found = [str(finding) for finding in findings(read_text, text)]
    assert any(f"{platform}[{len(accounts)}].id: the same account as sources.{platform}[{place}]" in f for f in found)


@unhurried
@given(
    start=st.integers(0, len(COMPLETE)),
    length=st.integers(0, 40),
    put=st.text("\"'[]{}=.,\n#\\ -:0aé\0\u2028", max_size=12),
)
def test_any_damage_is_read_or_refused_in_words(start: int, length: int, put: str, read_text: Reader) -> None:
    text = COMPLETE[:start] + put + COMPLETE[start + length :]
    for found in findings(read_text, text):
        assert found.message
        assert "canary" not in found.message
        assert str(found).count("\n") == 0
        assert 0 <= found.line <= text.count("\n") + 1


@unhurried
@given(content=st.binary(max_size=200))
def test_bytes_that_are_no_text_are_refused_in_words(content: bytes, read_text: Reader) -> None:
    with contextlib.suppress(SettingsError):
        read_text(content)
        raise AssertionError("nothing of a settings file was there")
