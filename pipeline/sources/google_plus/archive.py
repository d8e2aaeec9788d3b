"""The posts of an archive, whichever way it was made, and why the rest of it is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from pipeline.errors import FileRefused
from pipeline.sources.google_plus import html_form, json_form
from pipeline.sources.google_plus.post import NotReadError, Post, written_at
from pipeline.sources.google_plus.unzip import MOST_OF_A_MEMBER, MOST_UNPACKED, Member, Zip
from pipeline.streams import Note

# The exact form first: a post that is there twice is taken from it.
_FORMS = (("json", (".json",), json_form.post), ("html", (".html", ".htm"), html_form.post))
_ARCHIVES = (".zip", ".tgz", ".tar", ".gz", ".bz2", ".xz", ".7z", ".rar")
# Nothing of the network is older; what says so has lost its date.
_OLDEST = date(2004, 1, 1)
_LISTED = 3


@dataclass
class LeftOut:
    """What was not taken from the files, by reason; of each reason the first few by name."""

    counts: Counter[str] = field(default_factory=Counter)
    listed: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, what: object = None) -> None:
        self.counts[reason] += 1
        names = self.listed.setdefault(reason, [])
        if what is not None and len(names) < _LISTED:
            names.append(str(what))

    def notes(self) -> Iterator[Note]:
        for reason, count in sorted(self.counts.items()):
            names = self.listed[reason]
            more = "; …" if len(names) < count else ""
            yield Note("left_out", f"left out: {reason} ({count})" + (f": {'; '.join(names)}{more}" if names else ""))


@dataclass(frozen=True)
class Found:
    """A post and the member that holds it; ``form`` is ``json`` or ``html``."""

    post: Post
    form: str
    made: date | None

    @property
    def days(self) -> Iterator[date]:
        """Every day of which it tells something."""
        yield self.post.published.date()
        yield from (written_at(comment, self.post).date() for comment in self.post.comments)


def posts(files: Sequence[Path], on_member: Callable[[str], None], left_out: LeftOut) -> Iterator[Found]:
    """All posts of all files, those of the exact form first.

    Raises FileRefused where a file cannot be opened, is no zip archive, is damaged or not safe to read.
    """
    unpacked = 0
    for form, endings, read in _FORMS:
        for path in files:
            with _opened(path) as file:
                archive = Zip(file, path.name, most_unpacked=MOST_UNPACKED - unpacked)
                for member in archive.members():
                    if _is_wanted(member, endings, left_out, count=form == _FORMS[0][0]):
                        on_member(str(member))
                        found = _post(archive, member, read, left_out)
                        if found is not None:
                            yield Found(found, form, member.made)
                unpacked += archive.unpacked


def too_old(day: date) -> bool:
    """Whether the network did not exist yet: then it is no date of a post, whatever it is."""
    return day < _OLDEST


def too_young(day: date, night: date) -> bool:
    """Whether an archive of ``night`` cannot know it."""
    return day > night


def _is_wanted(member: Member, endings: tuple[str, ...], left_out: LeftOut, *, count: bool) -> bool:
    """Whether a member may be a post; what is left out is counted once, with the first form."""
    name = member.name.lower()
    if count and name.endswith(_ARCHIVES):
        left_out.add("archives within the archive", member)
    if not name.endswith(endings):
        return False
    if member.is_link:
        left_out.add("links, which are not followed", member)
        return False
    if member.unpacked > MOST_OF_A_MEMBER:
        left_out.add(f"files larger than {MOST_OF_A_MEMBER // 2**20} MiB, which is no post", member)
        return False
    return True


def _post(archive: Zip, member: Member, read: Callable[[bytes], Post | None], left_out: LeftOut) -> Post | None:
    content = archive.read(member)
    try:
        return read(content)
    except NotReadError as error:
        left_out.add("files that cannot be read", f"{member}: {error}")
        return None


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        # Before it is opened: a pipe would keep us waiting for whoever writes into it.
        if not S_ISREG(path.stat().st_mode):
            raise FileRefused(f"{path}: not a file")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise FileRefused(f"{path}: cannot be read ({error.strerror or type(error).__name__})") from error
