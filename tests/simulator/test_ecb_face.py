"""The simulated bank publishes three files, without weekends, and none of tomorrow."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree as ET

from tests.simulator.client import Client

NIGHT = date(2026, 11, 1)
CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


def days(client: Client, file: str) -> dict[str, dict[str, str]]:
    answer = client.get(f"/stats/eurofxref/{file}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml")
    cubes = [cube for cube in ET.fromstring(answer.content).iter(CUBE) if "time" in cube.attrib]
    return {cube.attrib["time"]: {each.attrib["currency"]: each.attrib["rate"] for each in cube} for cube in cubes}


def test_the_file_of_a_day_is_of_the_last_day_with_rates(client: Client) -> None:
    client.night(NIGHT)
    # The first of November 2026 is a Sunday.
    assert list(days(client, "eurofxref-daily.xml")) == ["2026-10-30"]


def test_ninety_days_have_their_working_days_newest_first_as_the_world_has_them(client: Client) -> None:
    client.night(NIGHT)
    found = days(client, "eurofxref-hist-90d.xml")
    expected = client.world.ecb.days(NIGHT - timedelta(days=89), NIGHT)
    assert list(found) == [str(day) for day in expected]
    assert all(date.fromisoformat(day).weekday() < 5 for day in found)
    assert len(found) > 60
    for day in expected:
        assert found[str(day)] == {c: str(rate) for c, rate in (client.world.ecb.rates(day) or {}).items()}
    assert set(days(client, "eurofxref-hist.xml")) > set(found)


def test_what_it_does_not_have_is_not_found(client: Client) -> None:
    assert client.get("/stats/eurofxref/eurofxref-weekly.xml").status_code == 404
