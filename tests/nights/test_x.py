"""X in a year in which its token ended and it spoke of posts: who reads it is told, and the tokens are safe."""

from __future__ import annotations

import duckdb

from pipeline.simulator.world.networks.x import LARGE, SMALL
from tests.nights.year import Year


def test_people_are_told_what_the_nights_cost_and_that_the_words_changed(year: Year) -> None:
    file = year.brand.project.settings.paths.publication / "vigie.duckdb"
    with duckdb.connect(str(file), read_only=True) as con:
        notes = con.execute("select kind, account, night, message from quality.note where platform = 'x'").fetchall()
    bought = {(account, night): message for kind, account, night, message in notes if kind == "reads_bought"}
    answered = {(unit.account, unit.night) for name in (LARGE, SMALL) for unit in year.judge.facts.landed(("x", name))}
    assert bought.keys() == answered
    assert all(" USD, of at most 10000 and 10 USD a night" in message for message in bought.values())
    assert {(account, night) for kind, account, night, _ in notes if kind == "dialect"} == answered


def test_the_rotated_tokens_are_kept_for_their_owner_alone(year: Year) -> None:
    kept = next(file for file in year.tokens("x") if b"refresh-token" in file.read_bytes())
    assert kept.stat().st_mode & 0o777 == 0o600
    assert b"sim-x-refresh-token-1-not-a-secret" in kept.read_bytes()
