"""Core and marts as they were known on a night, in a file of their own; the warehouse is only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from pipeline import durable, landing, models, publish, warehouse
from pipeline.errors import ConfigError
from pipeline.steps.chosen import chosen
from pipeline.steps.load import runs
from pipeline.steps.project import Project, resource_folder
from pipeline.steps.publishing import QUALITY, tables


@dataclass(frozen=True)
class AsOf:
    """What was built. ``equal`` and ``different`` name marts by comparison with what readers were given then.

    ``is_exact``: all that the night knew was written down when it was built. ``generation`` is None for a
    night that was never published. ``notes`` say what differs from what was seen that night, and why.
    """

    night: str
    file: str
    generation: str | None
    published_at: str | None
    is_exact: bool
    tables: int
    rows: int
    equal: tuple[str, ...]
    different: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float

    def summary(self) -> dict[str, Any]:
        return asdict(self)


def as_of(
    project: Project,
    night: date,
    target: Path,
    *,
    generation: str | None = None,
    replace: bool = False,
    on_model: Callable[[models.ModelBuild], None] = lambda _: None,
) -> AsOf:
    """Build core and marts as they were known on the evening of ``night`` into the new file ``target``.

    What readers were given of the night first counts, or its later publication ``generation``. Raises
    ConfigError for a night that the warehouse knows nothing of and for a file that is there already
    (unless ``replace``), WarehouseBusy while another process holds the warehouse, LandingError where a
    run of then is gone.
    """
    start = perf_counter()
    _refuse(project, target, replace=replace)
    fresh = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with standing(project, night, fresh, generation=generation, on_model=on_model) as known:
            when, notes = known.when, known.notes
            equal, different = _compared(known.con, when)
            known.con.execute(
                "create table _as_of as select ?::date as night, ?::varchar as generation, ?::boolean as is_exact,"
                " ?::varchar[] as notes",
                [night, when.generation, when.build is not None, notes],
            )
        durable.sync(fresh)
        fresh.replace(target)
        durable.sync(target.parent)
    except OSError as error:
        raise ConfigError(f"{target}: cannot be written ({error.strerror})") from error
    finally:
        fresh.unlink(missing_ok=True)
    built = known.built
    return AsOf(
        night=night.isoformat(),
        file=str(target),
        generation=when.generation,
        published_at=f"{when.published_at:%Y-%m-%dT%H:%M:%SZ}" if when.published_at else None,
        is_exact=when.build is not None,
        tables=len(built),
        rows=sum(model.rows for model in built),
        equal=equal,
        different=different,
        notes=tuple(notes),
        seconds=round(perf_counter() - start, 3),
    )


@dataclass(frozen=True)
class Standing:
    """An open database in which everything stands as it did; ``notes`` say what could not be kept apart."""

    con: Any
    when: warehouse.Moment
    notes: list[str]
    built: list[models.ModelBuild]


@contextmanager
def standing(
    project: Project,
    night: date,
    file: Path,
    *,
    generation: str | None = None,
    on_model: Callable[[models.ModelBuild], None] = lambda _: None,
) -> Iterator[Standing]:
    """Raw tables, staging, core and marts as known on the evening of ``night``, in the database ``file``.

    What was built stays in the file when the block ends; removing it is the caller's. Raises as ``as_of`` does.
    """
    with warehouse.open_beside(project.settings.paths.warehouse, file, project.settings.storage, night=night) as con:
        when = _moment(con, night, generation)
        lost = warehouse.stand(con, when, project.sources, files=landing.files, runs=partial(runs, project))
        con.execute("set enable_external_access = false; set lock_configuration = true")
        built = _build(con, on_model)
        yield Standing(con, when, [*_notes(when, night), *lost], built)


def _refuse(project: Project, target: Path, *, replace: bool) -> None:
    paths = project.settings.paths
    ours = (paths.warehouse, *paths.publication.glob("*"))
    if target.is_dir() or target.resolve() in {path.resolve() for path in ours} or target.is_symlink():
        raise ConfigError(f"{target}: is no place for it; name a new file")
    if paths.publication.resolve() in target.resolve().parents:
        raise ConfigError(f"{target}: that folder is the publication's, which readers open; name a file elsewhere")
    if target.exists() and not replace:
        raise ConfigError(f"{target}: is there already; name another file, or replace it with --force")


def _moment(con: Any, night: date, generation: str | None) -> warehouse.Moment:
    known = warehouse.first_and_newest(con)
    if known is None:
        raise ConfigError("the warehouse holds no night yet: run `vigie run` first")
    first, newest = known
    if not first <= night <= newest:
        which = f"begins with that of {first}" if night < first else f"ends with that of {newest}"
        raise ConfigError(f"nothing was known of the night of {night}: what the warehouse holds {which}")
    when = warehouse.moment(con, night, generation)
    if when is None:
        raise ConfigError(f"the night of {night} was not published as generation {generation}")
    return when


def _build(con: Any, on_model: Callable[[models.ModelBuild], None]) -> list[models.ModelBuild]:
    those = chosen(con)
    con.begin()
    built = models.build(con, those, models.rebuild_days(those, {}, None, full=True), on_model)
    con.commit()
    return built


def _compared(con: Any, when: warehouse.Moment) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The marts whose rows are those that readers were given then, and the others."""
    given = warehouse.published_content(con, when)
    marts = [name for name in tables() if name in given and (when.number is not None or name not in QUALITY)]
    same = {name for name in marts if publish.checksum(con, f"as_known.{name}") == given[name]}
    return tuple(name for name in marts if name in same), tuple(name for name in marts if name not in same)


def _notes(when: warehouse.Moment, night: date) -> list[str]:
    notes = []
    if when.build is None:
        notes.append(
            f"what was known on the night of {night} was not written down then: this is what had been observed by "
            f"{when.until:%Y-%m-%d %H:%M} UTC of the nights up to it. Runs that were replaced since are missing, "
            "and files of earlier days that were imported since are in it"
        )
        return notes
    if when.build.newest_night < night:
        notes.append(
            f"nothing was built of the night of {night}: known was what the night of {when.build.newest_night} told"
        )
    if when.others:
        notes.append(
            f"the night was published {1 + len(when.others)} times; this is {when.generation}, "
            f"later ones are {', '.join(when.others)} (--generation)"
        )
    if when.build.models != models.fingerprint(models.read(resource_folder("sql"))):
        notes.append(
            "the definitions of tables have changed since: these are the data as known then, by today's definitions"
        )
    return notes
