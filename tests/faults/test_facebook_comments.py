"""Comments of a page that are cut into small pages, taken away, or not shown to the token at all."""

from __future__ import annotations

import json

import pytest

from pipeline.streams import Manifest
from tests.faults.every import Everyone, keys, read

PAGE = ("facebook", "104001")
WITHOUT = "grant the permission pages_read_user_content"


def people(manifest: Manifest) -> list[str]:
    """Who wrote the comments that were landed."""
    return [json.loads(record)["person"] for record in read(manifest, "post_comments")]


def test_comments_in_pages_of_two_are_the_same_comments(every: Everyone) -> None:
    whole = every.clean(*PAGE)
    every.fault("facebook", "short_threads")
    found = every.night(*PAGE)
    assert found.manifest.requests > whole.manifest.requests + 10
    assert len(whole.records["post_comments"]) > 20
    assert keys("facebook", "post_comments", found.records["post_comments"]) == keys(
        "facebook", "post_comments", whole.records["post_comments"]
    )
    assert found.records["posts"] == whole.records["posts"]


@pytest.mark.parametrize("kind", ["no_user_content", "hidden_people"])
def test_a_token_that_is_not_shown_people_keeps_its_posts_and_their_counts(every: Everyone, kind: str) -> None:
    whole = every.clean(*PAGE)
    every.fault("facebook", kind)
    found = every.night(*PAGE)
    assert WITHOUT in found.absent["post_comments"]
    assert found.records["post_comments"] == ()
    assert found.records["posts"] == whole.records["posts"]
    assert found.records["page_insights"] == whole.records["page_insights"]
    every.heal()
    assert every.night(*PAGE).records["post_comments"] == whole.records["post_comments"]


def test_the_same_people_write_again_and_nobody_is_named(every: Everyone) -> None:
    manifest = every.clean(*PAGE).manifest
    wrote = people(manifest)
    assert 1 < len(set(wrote)) <= len(wrote)
    assert {len(person) for person in wrote} == {24}
    assert b"Reader" not in b"".join(read(manifest, "post_comments") + read(manifest, "posts"))
