"""No face answers what it does not know: the platform's own error, in its own words, and never a success."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.simulator.platforms import FACES
from tests.simulator.asked import KNOWN, Asked
from tests.simulator.client import Client
from tests.simulator.refusal_forms import FORMS, is_refused

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Those whose interface tells errors with status 200, which their form looks into.
SUCCESSFUL_ERRORS = {"matomo", "tiktok", "tiktok_ads"}


def wrong(asked: Asked) -> Asked:
    """The same with a credential that nobody gave out, in the shape of a true one."""
    if asked.form:
        return replace(asked, form={**asked.form, asked.secret: "nobody-gave-this-out"})
    told = asked.headers.get(asked.secret, "Bearer a.b.nobodys")
    return replace(asked, headers={**asked.headers, asked.secret: f"{told[:-6]}AAAAAA"})


def nonsense(asked: Asked) -> dict[str, Asked]:
    """What to make of a request so that no platform knows it."""
    above, _, last = asked.path.rstrip("/").rpartition("/")
    others = {method: replace(asked, method=method) for method in METHODS if method != asked.method}
    strange: dict[str, Asked] = {
        "an unknown path": replace(asked, path=f"{above}/nobody/knows/this"),
        "a path that goes on": replace(asked, path=f"{above}/{last}/nobody_knows_this"),
        "a path with more in it": replace(asked, path=f"{above}/nobody_knows_this/{last}"),
        **others,
    }
    if asked.secret:
        strange["a wrong token"] = wrong(asked)
    if asked.heeds_all:
        strange["an unknown parameter"] = replace(asked, params={**asked.params, "nonsense": "1"})
        if asked.form:
            strange["an unknown field"] = replace(asked, form={**asked.form, "nonsense": "1"})
    return strange


def test_every_face_is_asked_here() -> None:
    assert {asked.face for asked in KNOWN} == set(FACES) == set(FORMS)


@pytest.mark.parametrize("asked", KNOWN, ids=str)
def test_what_a_face_does_not_know_is_refused_in_the_platforms_own_words(client: Client, asked: Asked) -> None:
    answer = asked.of(client)
    assert answer.status_code == 200, answer.text
    assert not is_refused(answer)
    told = {what: strange.of(client) for what, strange in nonsense(asked).items()}
    unrefused = {
        what: (refusal.status_code, refusal.text[:200])
        for what, refusal in told.items()
        if (refusal.status_code < 400 and asked.face not in SUCCESSFUL_ERRORS) or not FORMS[asked.face](refusal)
    }
    assert unrefused == {}
