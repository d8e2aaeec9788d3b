"""An account that continues another one: a page got a new id, and its history is to stay one history.

Nothing that a platform answered is changed. What is united over the platforms, and what is known of nights, calls
the old account by its new id; of a night in which the new one was asked too, the new one alone is heard.
"""

# ruff: noqa: S608 - relations are ours, ids are quoted

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from pipeline.models.model import Model
from pipeline.models.reading import PART, UNITED, is_united

# By platform and old id the id that continues it.
Successors = Mapping[tuple[str, str], str]
_NIGHTS: Final = re.compile(r"\bops\.(?:ledger|stream_night)\b")


def continued(models: Iterable[Model], successors: Successors) -> tuple[Model, ...]:
    """The same models, in which every account of ``successors`` has the id of the one that continues it."""
    every = tuple(models)
    return tuple(_renamed(model, successors) for model in every) if successors else every


def _renamed(model: Model, successors: Successors) -> Model:
    if is_united(model):
        columns, *parts = model.sql.split(UNITED)
        # a relation without accounts has nobody to rename
        if " as account" not in columns:
            return model
        called = [_select(part.removeprefix(PART), successors) for part in parts]
        return replace(model, sql=UNITED.join((columns, *called)))
    return replace(model, sql=with_nights(model.sql, successors)) if model.kind == "table" else model


def with_nights(sql: str, successors: Successors) -> str:
    """The same SQL, with the nights of every account of ``successors`` as those of the one that continues it."""
    return _NIGHTS.sub(lambda found: f"({_select(found.group(), successors)})", sql) if successors else sql


def _select(relation: str, successors: Successors) -> str:
    pairs = sorted(successors.items())
    cases = " ".join(
        f"when platform = {_text(platform)} and account = {_text(old)} then {_text(new)}"
        for (platform, old), new in pairs
    )
    heard = " and ".join(
        f"not (platform = {_text(platform)} and account = {_text(old)} and night in "
        f"(select night from ops.ledger where platform = {_text(platform)} and account = {_text(new)}))"
        for (platform, old), new in pairs
    )
    return f"select * replace (case {cases} else account end as account) from {relation} where {heard}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
