"""What lies in the landing: runs, nights, failures, and whether the files are what was written."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date

import msgspec
import zstandard

from pipeline.errors import LandingError
from pipeline.http import one_line, redact
from pipeline.landing.contents import Landed, decode
from pipeline.landing.faults import landing_error
from pipeline.landing.names import folder_name
from pipeline.landing.stores import MANIFEST, Place
from pipeline.streams import Manifest, Unit, Window

FAILURE = "failure.json"


@dataclass(frozen=True)
class Failure:
    """Why a unit has nothing landed: class and message of the last error, and which run met it when."""

    platform: str
    account: str
    night: date
    error: str
    message: str
    run_id: str
    at: str


def manifests(
    root: str, *, night: date | None = None, platform: str | None = None, account: str | None = None
) -> list[Manifest]:
    """All runs that match, sorted by platform, account and night; the newest run of a unit last."""
    place = Place(root)
    of_platform = "*" if platform is None else folder_name(platform)
    of_account = "*" if account is None else folder_name(account)
    found = runs(place, f"{of_platform}/{of_account}/{'*' if night is None else night}")
    found.sort(key=lambda run: (run.manifest.unit.platform, run.manifest.unit.account, run.manifest.unit.night))
    return [run.manifest for run in found]


def newest(root: str, platform: str, account: str, night: date) -> Manifest | None:
    """The newest run of a unit, None where nothing of it landed."""
    found = manifests(root, night=night, platform=platform, account=account)
    return found[-1] if found else None


def nights(
    root: str, platform: str, account: str, since: date | None = None, besides: Collection[date] = ()
) -> list[date]:
    """The nights of an account that have landed, oldest first.

    Nights before ``since`` and those of ``besides`` are left out and not looked into: each is a request
    where the landing is an object store.
    """
    place = Place(root)
    parent = f"{folder_name(platform)}/{folder_name(account)}"
    names = {path.rsplit("/", 1)[-1] for path in place.match(f"{parent}/*")}
    names -= {night.isoformat() for night in besides}
    wanted = sorted(name for name in names if since is None or name >= since.isoformat())
    return [date.fromisoformat(name) for name in wanted if place.match(f"{parent}/{name}/*/{MANIFEST}")]


def last_night(root: str, platform: str, account: str, before: date | None = None) -> date | None:
    """The newest landed night of an account, or the newest before a night; None without any."""
    place = Place(root)
    parent = f"{folder_name(platform)}/{folder_name(account)}"
    names = sorted((path.rsplit("/", 1)[-1] for path in place.match(f"{parent}/*")), reverse=True)
    for name in names:
        if (before is None or name < before.isoformat()) and place.match(f"{parent}/{name}/*/{MANIFEST}"):
            return date.fromisoformat(name)
    return None


def first_window(root: str, platform: str, account: str) -> Window | None:
    """The days that the earliest landed night of an account has read; None where nothing landed."""
    place = Place(root)
    parent = f"{folder_name(platform)}/{folder_name(account)}"
    for name in sorted(path.rsplit("/", 1)[-1] for path in place.match(f"{parent}/*")):
        found = runs(place, f"{parent}/{name}")
        if found:
            return found[-1].manifest.unit.window
    return None


def files(manifest: Manifest, stream: str) -> list[str]:
    """Paths or URLs of a stream's part files, in order. Empty for a stream that is absent or unknown."""
    landed = manifest.streams.get(stream)
    return [] if landed is None else [f"{manifest.folder}/{file['name']}" for file in landed.files]


def records(manifest: Manifest, stream: str) -> Iterator[bytes]:
    """A stream's landed records, one by one. LandingError where a file is missing or damaged."""
    landed, place = manifest.streams.get(stream), Place(manifest.folder)
    for file in landed.files if landed else ():
        yield from _lines(place, f"{place.root}/{file['name']}")


def numbered(manifest: Manifest, stream: str) -> Iterator[tuple[str, int, bytes]]:
    """A stream's landed records with the file and the line, counted from 1, on which each stands."""
    place = Place(manifest.folder)
    for file in files(manifest, stream):
        for nth, content in enumerate(_lines(place, f"{place.root}/{file.rsplit('/', 1)[-1]}"), 1):
            yield file, nth, content


def record(manifest: Manifest, stream: str, file: str, line: int) -> bytes | None:
    """The record on a line, counted from 1, of one of the stream's ``files``; None where it has no such file or line.

    LandingError where the file is missing or damaged.
    """
    place = Place(manifest.folder)
    for known in files(manifest, stream):
        if known == file:
            path = f"{place.root}/{file.rsplit('/', 1)[-1]}"
            return next((content for nth, content in enumerate(_lines(place, path), 1) if nth == line), None)
    return None


def _lines(place: Place, path: str) -> Iterator[bytes]:
    try:
        with place.open(path) as packed, zstandard.ZstdDecompressor().stream_reader(packed) as content:
            yield from io.BufferedReader(content)
    except (OSError, zstandard.ZstdError) as error:
        raise LandingError(f"{place.url(path)}: cannot be read ({error})") from error


def verify(manifest: Manifest) -> None:
    """Reads every file again. LandingError names the first that is missing or was changed."""
    place = Place(manifest.folder)
    for stream in manifest.streams.values():
        for file in stream.files:
            path = f"{place.root}/{file['name']}"
            try:
                with place.open(path) as content:
                    digest = hashlib.file_digest(content, "sha256").hexdigest()
            except OSError as error:
                raise landing_error(error, place.url(path)) from error
            if digest != file["sha256"]:
                raise LandingError(f"{place.url(path)}: the file was changed after it landed (SHA-256 differs)")


def record_failure(root: str, unit: Unit, error: BaseException, run_id: str, at: str) -> None:
    """Notes beside the runs why a unit has none tonight. The next success removes it."""
    message = one_line(redact(str(error)))
    failure = Failure(unit.platform, unit.account, unit.night, type(error).__name__, message, run_id, at)
    folder = f"{folder_name(unit.platform)}/{folder_name(unit.account)}/{unit.night}"
    content = msgspec.json.format(msgspec.json.encode(asdict(failure)), indent=1) + b"\n"
    try:
        Place(root).write(folder, FAILURE, content)
    except OSError as fault:
        raise landing_error(fault, f"{root}/{folder}") from fault


def failures(root: str, night: date) -> list[Failure]:
    """The failed units of a night, sorted by platform and account."""
    place = Place(root)
    found = []
    for path in place.match(f"*/*/{night}/{FAILURE}"):
        try:
            found.append(msgspec.json.decode(_content(place, path), type=Failure))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise LandingError(f"{place.url(path)}: the note of a failure is damaged") from None
    return sorted(found, key=lambda failure: (failure.platform, failure.account))


def runs(place: Place, folder: str) -> list[Landed]:
    """Every run in the folders of nights that match, in the order in which they landed."""
    paths = place.match(f"{folder}/*/{MANIFEST}")
    found = [decode(_content(place, path), place.url(path.rsplit("/", 1)[0])) for path in paths]
    return sorted(found, key=lambda run: (run.sequence, run.manifest.observed_at, run.manifest.folder))


def _content(place: Place, path: str) -> bytes:
    try:
        return place.read(path)
    except OSError as error:
        raise landing_error(error, place.url(path)) from error
