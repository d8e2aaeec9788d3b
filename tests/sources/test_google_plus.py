"""Google+: what is kept of an archive, in every form and language that Takeout wrote."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FileRefused
from pipeline.sources import google_plus
from pipeline.sources.google_plus import html_form, json_form
from pipeline.sources.google_plus.markup import tokens
from pipeline.sources.google_plus.post import instant, name_in, post_in
from pipeline.sources.google_plus.text import plain
from tests.sources.samples import FOLDER
from tests.sources.takeout import FRENCH, GERMAN, archive, document, reader, taken, takeout

SAMPLE = FOLDER / "google_plus/CONSTRUCTED_takeout_post.json"


def told(lines: list[bytes]) -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in map(json.loads, lines)}


def test_an_archive_of_json_and_one_of_pages_keep_exactly_this(tmp_path: Path) -> None:
    files = (takeout(tmp_path / "a.zip", GERMAN), takeout(tmp_path / "b.zip", FRENCH))
    found = taken(*files)
    kept = (document("kept.txt")).decode().splitlines()
    lines = [("posts", post) for post in found.posts] + [("comments", comment) for comment in found.comments]
    assert sorted(f"{stream}\t{record.decode()}" for stream, record in lines) == sorted(kept)
    assert (len(found.posts), len(found.comments)) == (5, 4)


@pytest.mark.parametrize("layout", [GERMAN, FRENCH], ids=["json", "html"])
def test_nothing_of_a_person_is_kept(tmp_path: Path, layout: dict[str, str]) -> None:
    text = taken(takeout(tmp_path / "a.zip", layout)).text
    assert "Nobody" not in text
    assert "birthday" not in text
    assert "10900000000000000000" not in text


def test_the_archive_says_whose_it_is_and_of_which_days(tmp_path: Path) -> None:
    german, french = takeout(tmp_path / "a.zip"), takeout(tmp_path / "b.zip", FRENCH)
    found = google_plus.survey([german])
    assert (found.account, found.since, found.night) == ("104000000000000000001", date(2013, 11, 5), date(2019, 3, 10))
    assert google_plus.survey([french]).account == "+AtelierMarin"
    both = google_plus.survey([german, french])
    assert both.account == "104000000000000000001"
    assert both.names == {"104000000000000000001", "+AtelierMarin"}


def test_folders_and_files_may_be_called_anything(tmp_path: Path) -> None:
    anything = {f"x/{number}.JSON": document(of) for number, of in enumerate(["post.json", "quiet.json"])}
    assert len(taken(archive(tmp_path / "a.zip", anything)).posts) == 2


def test_equal_files_have_equal_marks_however_they_are_called(tmp_path: Path) -> None:
    one, other = takeout(tmp_path / "a.zip"), takeout(tmp_path / "b.zip")
    different = takeout(tmp_path / "c.zip", FRENCH)
    marks = [
        google_plus.survey(files).mark for files in ([one], [other], [different], [one, different], [different, one])
    ]
    assert marks[0] == marks[1]
    assert marks[3] == marks[4]
    assert len({*marks}) == 3


def test_an_archive_is_never_older_than_what_it_tells(tmp_path: Path) -> None:
    file = takeout(tmp_path / "a.zip", made=(2012, 1, 1, 0, 0, 0))
    assert google_plus.survey([file]).night == date(2015, 6, 30)


def test_without_a_day_in_its_members_an_archive_is_of_the_last_day_that_it_tells(tmp_path: Path) -> None:
    file = takeout(tmp_path / "a.zip", made=(1980, 1, 1, 0, 0, 0))
    assert google_plus.survey([file]).night == date(2015, 6, 30)


def test_posts_and_comments_after_the_day_that_is_named_are_left_out_and_told(tmp_path: Path) -> None:
    found = taken(takeout(tmp_path / "a.zip"), night=date(2013, 11, 5))
    assert told(found.posts).keys() == {"aaBrise0001"}
    assert found.comments == []
    notes = [note.message for note in found.notes]
    assert any("posts younger than the archive (2)" in note for note in notes)
    assert any("comments younger than the archive (2)" in note for note in notes)


def test_a_post_that_is_there_in_both_forms_is_taken_from_the_exact_one(tmp_path: Path) -> None:
    page = document("page.html").replace(b"eeVeste0005", b"aaBrise0001")
    file = archive(tmp_path / "a.zip", {"1.html": page, "2.json": document("post.json")})
    found = taken(file)
    assert [(record["format"], record["plus_ones"]) for record in told(found.posts).values()] == [("json", 3)]
    assert "left out: posts that are there twice (1)" in found.text


def test_without_a_key_nobody_is_told_from_anybody_and_a_note_says_so(tmp_path: Path) -> None:
    found = taken(takeout(tmp_path / "a.zip"), account=reader(key=None))
    assert [record["person"] for record in told(found.comments).values()] == [None, None]
    assert any("person_key is not set" in note.message for note in found.notes)


def test_one_person_is_one_hash_and_another_key_another(tmp_path: Path) -> None:
    twice = json.loads(document("post.json"))
    twice["comments"][1]["author"] = twice["comments"][0]["author"]
    file = archive(tmp_path / "a.zip", {"1.json": json.dumps(twice).encode()})
    first, second = (record["person"] for record in told(taken(file).comments).values())
    assert first == second is not None
    [*others] = told(taken(file, account=reader("another key of sixteen")).comments).values()
    assert others[0]["person"] not in (first, None)


def changed(**fields: object) -> bytes:
    return json.dumps({**json.loads(document("post.json")), **fields}).encode()


@pytest.mark.parametrize(
    ("acl", "visibility"),
    [
        ({"isPublic": True}, "public"),
        ({"visibleToStandardAcl": {"circles": [{"type": "CIRCLE_TYPE_EXTENDED_CIRCLES"}]}}, "extended_circles"),
        ({"visibleToStandardAcl": {"circles": [{"type": "CIRCLE_TYPE_YOUR_CIRCLES"}]}}, "your_circles"),
        ({"visibleToStandardAcl": {"users": [{"resourceName": "users/1"}]}}, "people"),
        ({"collectionAcl": {"collection": {"displayName": "Voile"}}}, "collection"),
        ({"eventAcl": {}}, "event"),
        ({"isLegacyAcl": True}, None),
        ({}, None),
    ],
)
def test_whom_a_post_was_shown_to(acl: dict[str, object], visibility: str | None) -> None:
    post = json_form.post(changed(postAcl=acl))
    assert post is not None
    assert post.visibility == visibility


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"poll": {"choices": [], "totalVotes": "3"}}, "poll"),
        ({"album": {"media": []}}, "album"),
        ({"media": {"contentType": "video/mp4"}}, "video"),
        ({"postAcl": {"eventAcl": {}}}, "event"),
    ],
)
def test_what_a_post_is(fields: dict[str, object], kind: str) -> None:
    post = json_form.post(changed(**fields))
    assert post is not None
    assert post.type == kind


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf" + document("post.json"), id="a byte order mark"),
        pytest.param(
            changed(comments=None, plusOnes=7, reshares="many", link=[], media=3, postAcl=1), id="other shapes"
        ),
        pytest.param(changed(comments=[1, None, {}], plusOnes=[None]), id="lists of anything"),
        pytest.param(changed(content="half of \ud83d and \x00"), id="half a sign"),
        pytest.param(changed(url="https://[", resourceName="users/1/posts/z12"), id="no address"),
    ],
)
def test_an_odd_post_is_a_post_all_the_same(tmp_path: Path, content: bytes) -> None:
    found = taken(archive(tmp_path / "a.zip", {"1.json": content}))
    assert len(found.posts) == 1
    assert json.loads(found.posts[0])["id"] in ("aaBrise0001", "z12")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"author": {}, "creationTime": ' + b"9" * 5000 + b"}", "too many digits"),
        (b'{"author": "\xff"}', "not UTF-8"),
        (b'{"author": ', "not JSON"),
        (b"", "not JSON"),
        (changed(creationTime="yesterday"), "creationTime is no date"),
        (document("page.html").replace(b"2016-03-04 18:00:00+0000", b"4 mars"), "not say when it was published"),
    ],
)
def test_a_file_that_cannot_be_read_is_left_out_and_named(tmp_path: Path, content: bytes, reason: str) -> None:
    name = "broken.html" if content.startswith(b"<") else "broken.json"
    file = archive(tmp_path / "a.zip", {name: content, "good.json": document("post.json")})
    found = taken(file)
    assert len(found.posts) == 1
    [note] = [note.message for note in found.notes if "cannot be read" in note.message]
    assert f"member 1 '{name}'" in note
    assert reason in note


@pytest.mark.parametrize("content", [b"{}", b"[]", b"null", b"7", document("circles.json"), document("browser.html")])
def test_an_archive_without_a_post_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileRefused, match=r"a\.zip: no post of Google\+ in it"):
        google_plus.survey([archive(tmp_path / "a.zip", {"a.json": content, "b.html": content})])


PEOPLE = ", ".join(f'<a href="https://plus.google.com/{n}">N</a>' for n in range(3))


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (f"+1'd by: {PEOPLE}", 3),
        (f"+1'd by: {PEOPLE} and 12 others", 15),
        (f"+1 von: {PEOPLE} und 1.012 weitere Personen", 1015),
        (f"+1: {PEOPLE}、他 12 人", 15),
        (f"+1'd by: {PEOPLE}, Agent 47", 3),
        ("+1'd by: 4 people", 4),
        ("+1'd by:", 0),
    ],
)
def test_names_are_counted_and_those_that_are_only_counted_too(words: str, count: int) -> None:
    post = html_form.post(document("page_reshared.html").replace(b"</div></body>",
        f'<div class="post-activity"><div class="plus-oners">{words}</div></div></div></body>'.encode()))  # fmt: skip
    assert post is not None
    assert (post.plus_ones, post.at_least) == (count, True)


@pytest.mark.parametrize(
    ("words", "visibility"),
    [("Shared with: Public", "public"), ("Geteilt mit: Öffentlich", "public"), ("共有先: 一般公開", "public"),
     ("Shared with: Your circles", None), ("Republic of friends", None)],
)  # fmt: skip
def test_a_page_says_in_its_language_that_everybody_may_see_it(words: str, visibility: str | None) -> None:
    page = document("page.html").replace("Partagé avec : Public, ".encode(), words.encode())
    post = html_form.post(page)
    assert post is not None
    assert post.visibility == visibility


@pytest.mark.parametrize(
    "cut",
    [b'class="author"', b'class="main-content"', b"/posts/eeVeste0005"],
    ids=["author", "words", "address"],
)
def test_a_page_that_lacks_what_makes_a_post_is_none(cut: bytes) -> None:
    whole = document("page.html")
    assert html_form.post(whole) is not None
    assert html_form.post(whole.replace(cut, b"")) is None


def seconds(page: str) -> float:
    start = process_time()
    html_form.post(page.encode())
    return process_time() - start


@pytest.mark.parametrize(
    "unit",
    ["<a", "<!--", "<![CDATA[", "</a ", '<a b="', "<script>", "&#", "<title>", "<a   ", "</x>", "<div>", "<x y=' "],
)
def test_a_page_that_is_made_to_keep_a_reader_busy_does_not(unit: str) -> None:
    # Ten times as long may take ten times as long; where every sign is looked at again it takes a hundred times.
    assert seconds(unit * 200_000) < 40 * seconds(unit * 20_000) + 1


@given(st.text(alphabet=st.sampled_from("<>/ab=\"' &#;!-x"), max_size=60))
def test_any_text_is_read_to_its_end(text: str) -> None:
    assert sum(1 for _ in tokens(text)) <= len(text) + 1
    plain(text)
    html_form.post(text.encode())


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2013-11-05 16:04:11+0000", datetime(2013, 11, 5, 16, 4, 11, tzinfo=UTC)),
        ("2013-11-05T16:04:11Z", datetime(2013, 11, 5, 16, 4, 11, tzinfo=UTC)),
        (" - 2013-11-05 16:04:11 -0800", datetime(2013, 11, 6, 0, 4, 11, tzinfo=UTC)),
        ("2013-11-05 16:04:11", datetime(2013, 11, 5, 16, 4, 11, tzinfo=UTC)),
        ("0001-01-01 00:00:00+1400", None),
        ("2013-13-05 16:04:11+0000", None),
        ("yesterday", None),
        (1383667451, None),
    ],
)
def test_moments(text: object, moment: datetime | None) -> None:
    assert instant(text) == moment


@pytest.mark.parametrize(
    ("address", "name", "post"),
    [
        ("https://plus.google.com/+Atelier%C3%89/posts/abc", "+AtelierÉ", "abc"),
        ("https://plus.google.com/u/1/104/posts/abc?x=1", "104", "abc"),
        ("https://plus.google.com/104", "104", None),
        ("https://plus.google.com/", None, None),
        ("https://example.org/104/posts/abc", None, None),
        ("javascript:alert(1)", None, None),
        ("https://[", None, None),
        (None, None, None),
    ],
)
def test_addresses(address: object, name: str | None, post: str | None) -> None:
    assert (name_in(address), post_in(address)) == (name, post)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the recorded samples are not here")
def test_the_sample_of_the_contract_is_read(tmp_path: Path) -> None:
    found = taken(archive(tmp_path / "a.zip", {"a.json": SAMPLE.read_bytes()}))
    [post] = told(found.posts).values()
    assert (post["plus_ones"], post["comments"], post["reshares"], post["visibility"]) == (2, 1, 1, "public")
    assert len(found.comments) == 1
