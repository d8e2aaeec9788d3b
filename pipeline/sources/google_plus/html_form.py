"""Posts of a Google+ archive that was made as HTML: one page each, made to be read by people.

What the parts of a page mean is told by their classes, which are the same in every language. The page
names who gave a +1 and who shared; the list may end in "and 12 others", and people without a profile
are left out: its counts are lower bounds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.sources.google_plus.markup import End, Start, Text, Token, tokens
from pipeline.sources.google_plus.post import INSTANT, Comment, NotReadError, Post, instant, name_in, post_in
from pipeline.sources.google_plus.text import Words

# Parts of a page, by the class of the element that holds them.
_PARTS = frozenset({"main-content", "visibility", "plus-oners", "resharers", "comment", "comment-content"})
# What shows a picture, a film or another post, by its class; the first of this order says what the post is.
_TYPES = (
    ("reshare-attribution", "reshare"),
    ("poll-choice", "poll"),
    ("album", "album"),
    ("video-placeholder", "video"),
    ("media", "photo"),
    ("link-embed", "link"),
)
# How the page calls everybody, in the languages of the largest exports.
_EVERYBODY = re.compile(
    r"\b(public|öffentlich|público|pública|pubblico|pubblica|openbaar|publiczn\w+|offentlig\w*|julkinen|herkese"
    r"|veřejn\w+|nyilvános|публичн\w+|доступно всем)\b|公開|公开|一般公開|전체 공개|عام|สาธารณะ",
    re.IGNORECASE,
)
# How many more there are: the number after the last name, followed by a word; "+1" is no such number.
_OTHERS = re.compile(r"(?<![\d+])(\d{1,3}(?:[.,\u00a0\u202f']\d{3})+|\d{1,9})(?=\s*[^\W\d])")


@dataclass
class _List:
    """People whom a page names, and how many more it says there are."""

    names: int = 0
    rest: list[str] = field(default_factory=list)

    def count(self) -> int:
        others = _OTHERS.search("".join(self.rest))
        return self.names + (int(re.sub(r"\D", "", others[1])) if others else 0)


@dataclass
class _Page:
    """What was found of a page so far."""

    url: str | None = None
    author: str | None = None
    # The words of the link to the post itself, and those around it.
    date: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    link: str | None = None
    seen: set[str] = field(default_factory=set)
    words: Words = field(default_factory=Words)
    visibility: list[str] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    lists: dict[str, _List] = field(default_factory=lambda: {"plus-oners": _List(), "resharers": _List()})
    comments: list[tuple[str | None, list[str]]] = field(default_factory=list)


def post(content: bytes) -> Post | None:
    """The post of a page; None where the page is something else. NotReadError where it has no date."""
    page = _Page()
    for token, parts, inside in _placed(content.decode("utf-8-sig", "replace")):
        _take(page, token, parts, inside)
    native, published = post_in(page.url), next(_instants("".join(page.date)), None)
    if native is None or page.author is None or "main-content" not in page.seen:
        return None
    if published is None:
        raise NotReadError("it does not say when it was published")
    return Post(
        id=native,
        published=published,
        updated=next(_instants(" ".join(page.head)), None),
        names=(page.author,),
        url=page.url,
        type=next((kind for name, kind in _TYPES if name in page.seen), "text"),
        text=page.words.text(),
        link=page.link,
        visibility=_visibility(page),
        community=page.groups.get("communities"),
        collection=page.groups.get("collection"),
        plus_ones=page.lists["plus-oners"].count(),
        reshares=page.lists["resharers"].count(),
        at_least=True,
        comments=tuple(_comments(page, native)),
    )


def _placed(markup: str) -> Iterator[tuple[Token, frozenset[str], Start | None]]:
    """Every token with the parts of the page that it stands in and the link that it stands in."""
    stack: list[tuple[str, frozenset[str]]] = []
    still_open: Counter[str] = Counter()
    parts: frozenset[str] = frozenset()
    link: Start | None = None
    for token in tokens(markup):
        if isinstance(token, Start) and not token.is_void:
            stack.append((token.name, parts))
            still_open[token.name] += 1
            parts |= token.classes & _PARTS
            link = token if token.name == "a" else link
        yield token, parts, link
        if isinstance(token, End):
            # An end tag ends whatever was left open within it; one that nothing began ends nothing.
            name = "" if still_open[token.name] else token.name
            while name != token.name:
                name, parts = stack.pop()
                still_open[name] -= 1
            link = None if token.name == "a" else link


def _take(page: _Page, token: Token, parts: frozenset[str], link: Start | None) -> None:
    if isinstance(token, Start):
        _tag(page, token, parts)
    if "comment" in parts:
        if isinstance(token, Text) and "comment-content" not in parts and page.comments:
            page.comments[-1][1].append(token.text)
    elif "main-content" in parts:
        # From here on it is somebody else's post.
        if "reshare-attribution" not in page.seen:
            page.words.take(token)
    elif isinstance(token, Text):
        _text(page, token.text, parts, link)


def _tag(page: _Page, tag: Start, parts: frozenset[str]) -> None:
    address = tag.attributes.get("href") if tag.name == "a" else None
    if "comment" in tag.classes:
        page.comments.append((None, []))
    elif "comment" in parts:
        if "author" in tag.classes and page.comments and page.comments[-1][0] is None:
            page.comments[-1] = (name_in(address), page.comments[-1][1])
        return
    page.seen |= tag.classes
    if "main-content" in parts or address is None:
        return
    for name, people in page.lists.items():
        if name in parts:
            people.names += 1
            people.rest.clear()
            return
    if "author" in tag.classes and page.author is None:
        page.author = name_in(address)
    elif "link-embed" in tag.classes and page.link is None:
        page.link = address
    elif page.url is None and "visibility" not in parts and post_in(address):
        page.url = address


def _text(page: _Page, text: str, parts: frozenset[str], link: Start | None) -> None:
    """Text outside of the post's own words and of its comments."""
    for name, people in page.lists.items():
        if name in parts and link is None:
            people.rest.append(text)
    if "visibility" in parts:
        group = re.search(r"/(communities|collection)/", link.attributes.get("href", "")) if link else None
        if group:
            page.groups.setdefault(group[1], text.strip())
        elif link is None:
            page.visibility.append(text)
    elif "main-content" not in page.seen:
        is_own = link is not None and page.url is not None and link.attributes.get("href") == page.url
        (page.date if is_own else page.head).append(text)


def _comments(page: _Page, native: str) -> Iterator[Comment]:
    for number, (author, texts) in enumerate(page.comments, 1):
        dates = list(_instants(" ".join(texts)))
        published, updated = (*dates[:2], None, None)[:2]
        yield Comment(f"{native}#{number}", published, updated, author)


def _instants(text: str) -> Iterator[datetime]:
    for match in INSTANT.finditer(text):
        moment = instant(match[0])
        if moment is not None:
            yield moment


def _visibility(page: _Page) -> str | None:
    if "communities" in page.groups:
        return "community"
    if "collection" in page.groups:
        return "collection"
    return "public" if _EVERYBODY.search("".join(page.visibility)) else None
