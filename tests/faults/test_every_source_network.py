"""Every source on a bad line: what is cut, reset or slow is asked again, what stays away is an error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import settings, sources
from pipeline.errors import SourceRefused, SourceUnavailable
from pipeline.simulator import environment, settings_toml
from pipeline.simulator.faults import WIRE
from pipeline.simulator.platforms import FACES, PLATFORMS
from pipeline.simulator.wire import Request
from tests.faults.bending import Outgoing
from tests.faults.brand import QUICK, Brand
from tests.faults.every import ACCOUNTS, ASKED, FACE_NAMES, Everyone
from tests.faults.server import FaultServer, answer

PATIENT = replace(QUICK, attempts=4, deadline=0.8)
CLOSED = "http://127.0.0.1:9"
REFUSALS = {"rate_limit", "expired_token", "unavailable", "html_page"}
DISTORTIONS = {"string_numbers", "empty_page"}


def test_every_source_that_is_asked_is_played_and_has_accounts() -> None:
    assert set(ASKED) == {name for name, platform in PLATFORMS.items() if platform.FACES}
    assert {platform for platform, _ in ACCOUNTS} == set(ASKED)


@pytest.mark.parametrize("name", FACE_NAMES)
def test_every_face_fails_in_enough_ways(every: Everyone, name: str) -> None:
    face = FACES[name]
    assert set(face.refusals) >= REFUSALS
    assert set(face.distortions) >= DISTORTIONS
    assert every.reader(name)[0] == face.platform, "an account of the brand asks this face"


@pytest.mark.parametrize("platform", [name for name in ASKED if sources.module(name).KIND == "network"])
def test_every_network_fails_in_the_ways_of_networks(platform: str) -> None:
    there = {kind for face in PLATFORMS[platform].FACES for kind in (*face.refusals, *face.distortions)}
    assert there >= {"deleted_post", "short_page", "missing_next", "negative_counts", "restated"}


@pytest.mark.parametrize(("platform", "account"), ACCOUNTS)
def test_n1_nobody_listens(tmp_path: Path, platform: str, account: str) -> None:
    file = tmp_path / "vigie.toml"
    file.write_text(settings_toml(CLOSED, platforms=(platform,)), encoding="utf-8")
    read = settings.read(file, environment(), {name: sources.module(name) for name in sources.names()})
    there = {(each.platform, each.id): each for each in read.accounts}
    away = Everyone(_NoServer(), tmp_path / "landing", there)  # type: ignore[arg-type]
    told = str(away.refuses(platform, account, SourceUnavailable))
    assert "127.0.0.1" in told
    assert "?" not in told


class _NoServer:
    """A server whose clock nobody can see."""

    def night(self, night: object) -> None:
        del night


BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("reset", {}),
    ("reset", {"where": "inside"}),
    ("cut_body", {}),
    ("cut_body", {"length": False}),
    ("drip", {"interval": 0.25}),
]


def test_every_way_to_break_a_line_is_tried() -> None:
    assert {kind for kind, _ in BROKEN} == WIRE


@pytest.mark.parametrize(("kind", "args"), BROKEN)
@pytest.mark.parametrize("name", FACE_NAMES)
def test_n2_to_n5_an_answer_that_did_not_come_whole_is_asked_again(
    every: Everyone, name: str, kind: str, args: dict[str, Any]
) -> None:
    unit = every.reader(name)
    every.fault(name, kind, after=every.middle(name), times=1, args=args)
    assert every.night(*unit, limits=PATIENT) == every.clean(*unit)


@pytest.mark.parametrize("name", FACE_NAMES)
def test_n6_a_burst_of_errors_is_sat_out(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    every.fault(name, "unavailable", after=every.middle(name), times=3)
    assert every.night(*unit, limits=replace(QUICK, attempts=4)) == every.clean(*unit)


@pytest.mark.parametrize("name", FACE_NAMES)
def test_n6_a_platform_that_stays_away_lands_nothing(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    every.fault(name, "unavailable", after=every.middle(name))
    every.refuses(*unit, SourceUnavailable)
    every.heal()
    assert every.night(*unit) == every.clean(*unit)


@pytest.mark.parametrize("name", FACE_NAMES)
def test_n7_a_redirect_is_refused_and_no_header_goes_there(every: Everyone, name: str) -> None:
    with FaultServer(answer()) as canary:

        def elsewhere(request: Request, told: Outgoing) -> Outgoing:
            return replace(told, status=302, headers=(*told.headers, ("Location", f"{canary.base}{request.path}")))

        every.bender.bend(FACES[name], elsewhere, after=every.middle(name))
        told = str(every.refuses(*every.reader(name), SourceRefused))
        assert canary.connections == 0
    assert "redirect" in told


def test_a_brand_of_one_platform_is_read_as_ever(every: Everyone) -> None:
    plain = Brand(every.server, every.root, every.accounts)
    assert plain.land(*ACCOUNTS[0]).streams.keys() == every.clean(*ACCOUNTS[0]).records.keys()
