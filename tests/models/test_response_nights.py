"""Which nights read what people wrote is known by the names of streams: none may be forgotten."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from tests.models.warehouse import MODELS, SOURCES


def test_every_platform_that_tells_responses_has_one_of_the_streams() -> None:
    (model,) = (model for model in MODELS if model.relation == "core.response_night")
    (names,) = sqlglot.parse_one(model.sql, dialect="duckdb").find_all(exp.In)
    streams = {each.name for each in names.expressions}
    telling = {
        model.relation.removeprefix("staging.").removesuffix("_response")
        for model in MODELS
        if model.relation.startswith("staging.") and model.relation.endswith("_response")
    }
    known = {name: {stream.name for stream in SOURCES[name].STREAMS} for name in telling}
    assert len(telling) > 9
    assert {name for name, own in known.items() if not own & streams} == set()
    assert streams <= {stream for own in known.values() for stream in own}
