"""One unit's pages, absences and notes become one folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from pipeline.errors import SourceError
from pipeline.http import one_line, redact
from pipeline.landing.contents import Landed, content_hash, encode
from pipeline.landing.faults import landing_error
from pipeline.landing.names import folder_name
from pipeline.landing.parts import PartFile, Writer
from pipeline.landing.reading import FAILURE, runs
from pipeline.landing.stores import Place, Store
from pipeline.landing.tally import Tally
from pipeline.streams import Manifest, Stream, Unit, Yield


def write(
    root: str,
    unit: Unit,
    run_id: str,
    items: Iterable[Yield],
    streams: Sequence[Stream],
    *,
    api_version: str,
    clock: Callable[[], str],
    requests: Callable[[], int],
) -> Manifest:
    """Lands everything that ``items`` gives, as run ``run_id`` of the unit, and returns its manifest.

    The folder is made before the first item is asked for. ``clock`` gives ``observed_at`` and
    ``requests`` the number of answers, both read at the end. ``streams`` are the declared ones: each
    that is not optional must come as a page (an empty one counts) or as absent. The last total that
    a stream announced must be what landed. The same run with the same content twice is one run.

    Raises what ``items`` raises; SourceChanged where pages were lost or a stream is missing or
    undeclared; LandingError naming the path where it cannot be written. Then nothing is left behind.
    """
    place = Place(root)
    folder = f"{folder_name(unit.platform)}/{folder_name(unit.account)}/{unit.night}"
    try:
        store = place.store(folder, folder_name(run_id))
    except OSError as error:
        raise landing_error(error, place.url(f"{place.root}/{folder}")) from error
    try:
        tally = Tally({stream.name: stream for stream in streams})
        found = tally.files(_parts(store, tally, items))
        manifest = Manifest(
            unit=unit,
            run_id=run_id,
            api_version=api_version,
            observed_at=clock(),
            requests=requests(),
            streams=found,
            notes=tuple(tally.notes),
            sha256=content_hash(unit.window, found),
        )
        return _seal(place, folder, store, manifest)
    except BaseException as error:
        store.discard()
        _name(error, unit)
        if isinstance(error, OSError):
            raise landing_error(error, store.place) from error
        raise


def _parts(store: Store, tally: Tally, items: Iterable[Yield]) -> dict[str, list[PartFile]]:
    writer = Writer(store)
    try:
        tally.take(items, writer)
        tally.check()
        return writer.close()
    except BaseException:
        writer.abandon()
        raise


def _seal(place: Place, folder: str, store: Store, manifest: Manifest) -> Manifest:
    landed = runs(place, folder)
    last = landed[-1].manifest if landed else None
    # Before the run exists: a crash in between leaves a night without either, which is fetched again.
    place.remove(folder, FAILURE)
    if last is not None and (last.run_id, last.sha256) == (manifest.run_id, manifest.sha256):
        store.discard()
        return last
    sequence = 1 + max((run.sequence for run in landed), default=0)
    taken = {run.manifest.folder.rsplit("/", 1)[-1] for run in landed}
    name = plain = folder_name(manifest.run_id)
    if name in taken:
        name = f"{plain}.{sequence}"
    return replace(manifest, folder=store.seal(encode(Landed(sequence, manifest)), name))


def _name(error: BaseException, unit: Unit) -> None:
    """An error of a source names its unit and shows no secret, whoever raised it."""
    if isinstance(error, SourceError):
        label, message = f"{unit.platform} {unit.account}, night {unit.night}", one_line(redact(str(error)))
        error.args = (message if message.startswith(label) else f"{label}: {message}",)
