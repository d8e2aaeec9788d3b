"""Google+: posts with their +1s, comments and reshares, from a Google Takeout archive.

The network closed to everybody in April 2019 and its API with it, so there is nothing to ask: an archive
is one observation, of the day it was made, and its numbers never move again. Takeout gave JSON (one file
a post, exact lists of who did what) or HTML (pages for people, whose lists may be cut: lower bounds).
Folders and files are named in the language of the profile, so posts are known by their content alone.
Members that are no posts of the profile (photos, circles, other products, archives within) are left out,
and told where a person would look for them. Takeout: https://support.google.com/accounts/answer/3024190
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

from pipeline.errors import FileRefused
from pipeline.settings import Account
from pipeline.sources._persons import person
from pipeline.sources.google_plus.archive import Found, LeftOut, posts, too_old, too_young
from pipeline.sources.google_plus.post import comment_record, post_record, written_at
from pipeline.streams import Note, Page, Stream, Survey, Yield

PLATFORM = "google_plus"
KIND: Literal["network"] = "network"
ORIGIN: Literal["archive"] = "archive"
IMPORT = "vigie import google-plus FILE"
API_VERSION = "takeout"
TIME_ZONE = "UTC"
# Nothing is restated any more.
RESTATEMENT_DAYS = 0
CREDENTIALS: tuple[str, ...] = ()
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()

STREAMS = (
    Stream(
        "posts",
        columns={
            "id": "VARCHAR",
            "url": "VARCHAR",
            "published": "VARCHAR",
            "updated": "VARCHAR",
            "type": "VARCHAR",
            "text": "VARCHAR",
            "link": "VARCHAR",
            "visibility": "VARCHAR",
            "community": "VARCHAR",
            "collection": "VARCHAR",
            "plus_ones": "BIGINT",
            "comments": "BIGINT",
            "reshares": "BIGINT",
            "counts_are_lower_bounds": "BOOLEAN",
            "format": "VARCHAR",
        },
        key=("id",),
        day="try_cast(left(published, 10) as date)",
    ),
    Stream(
        "comments",
        columns={
            "id": "VARCHAR",
            "post": "VARCHAR",
            "published": "VARCHAR",
            "updated": "VARCHAR",
            "person": "VARCHAR",
            "is_own": "BOOLEAN",
        },
        key=("id",),
        day="try_cast(left(published, 10) as date)",
    ),
)

_PAGE = 500


@dataclass
class _Profile:
    """What an archive holds of one author."""

    posts: int
    since: date
    until: date

    def add(self, found: Found) -> None:
        days = list(found.days)
        self.posts += 1
        self.since, self.until = min(self.since, *days), max(self.until, *days)


def survey(files: Sequence[Path], on_member: Callable[[str], None] = lambda _: None) -> Survey:
    """Whose archive it is, of which day, and from when on.

    The profile is the one that wrote most of the posts. The archive was made on the day of its newest
    member, or of what it tells last where that is later. FileRefused where there is no post in it.
    """
    profiles: dict[str, _Profile] = {}
    better: dict[str, str] = {}
    made: date | None = None
    for found in posts(files, on_member, LeftOut()):
        if not found.post.names or too_old(found.post.published.date()):
            continue
        name, *others = found.post.names
        better |= {other: name for other in others if other != name}
        day = found.post.published.date()
        profiles.setdefault(name, _Profile(0, day, day)).add(found)
        made = max(filter(None, (made, found.made)), default=None)
    if not profiles:
        raise FileRefused(f"{', '.join(path.name for path in files)}: no post of Google+ in it")
    # A page knows its author by a name of which a JSON file also tells the number.
    groups: dict[str, list[_Profile]] = {}
    for name, profile in profiles.items():
        groups.setdefault(better.get(name, name), []).append(profile)
    owner = max(groups, key=lambda name: (sum(p.posts for p in groups[name]), name))
    night = max(filter(None, (made, *(p.until for p in groups[owner]))))
    return Survey(
        account=owner,
        night=night,
        since=min(p.since for p in groups[owner]),
        mark=_mark(files),
        names=frozenset({owner, *(other for other, name in better.items() if name == owner)}),
    )


def read(
    files: Sequence[Path], account: Account, night: date, survey: Survey, on_member: Callable[[str], None]
) -> Iterator[Yield]:
    """The profile's posts and comments as records, then notes on what was left out and what is uncertain."""
    left_out, at_least = LeftOut(), 0
    pages = {"posts": Page("posts", []), "comments": Page("comments", [])}
    hashed = partial(person, account)
    for found in _wanted(posts(files, on_member, left_out), survey, night, left_out):
        post = found.post
        at_least += post.at_least
        pages["posts"].records.append(post_record(post, found.form))
        pages["comments"].records.extend(comment_record(each, post, survey.names, hashed) for each in post.comments)
        for name, page in pages.items():
            if len(page.records) >= _PAGE:
                yield page
                pages[name] = Page(name, [])
    yield from pages.values()
    yield from left_out.notes()
    if at_least:
        told = "their +1s and reshares are at least as many as counted"
        yield Note("lower_bound", f"{at_least} posts are of an HTML archive, which may cut its lists: {told}")
    if account.person_key is None:
        yield Note("persons", "[privacy] person_key is not set: people who commented are not told apart")


def _wanted(found: Iterator[Found], survey: Survey, night: date, left_out: LeftOut) -> Iterator[Found]:
    """What is the profile's, each post once, and nothing that the archive cannot know."""
    seen: set[str] = set()
    for each in found:
        post, day = each.post, each.post.published.date()
        if survey.names.isdisjoint(post.names):
            left_out.add("posts of other authors")
        elif post.id in seen:
            left_out.add("posts that are there twice")
        elif too_old(day):
            left_out.add("posts dated before the network was there", post.id)
        elif too_young(day, night):
            left_out.add("posts younger than the archive", post.id)
        else:
            seen.add(post.id)
            known = tuple(one for one in post.comments if not too_young(written_at(one, post).date(), night))
            for _ in range(len(post.comments) - len(known)):
                left_out.add("comments younger than the archive", post.id)
            yield replace(each, post=replace(post, comments=known))


def _mark(files: Sequence[Path]) -> str:
    """The content of the files, whatever they are called and in whichever order they are named."""
    digests = []
    for path in files:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return "file-" + hashlib.sha256(" ".join(sorted(digests)).encode()).hexdigest()[:40]
