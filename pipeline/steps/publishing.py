"""Publish what a transform committed, return to the generation before, say what readers see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import __version__, models, publish, registry, warehouse
from pipeline.errors import PublishError
from pipeline.publish import Publication, Table
from pipeline.steps import datasets
from pipeline.steps.project import Project, resource_folder
from pipeline.steps.telling import telling
from pipeline.steps.timing import Stopwatch
from pipeline.steps.transform import BEHIND

QUALITY = ("quality.run", "quality.result", "quality.note", "quality.quarantine")


@dataclass(frozen=True)
class Published:
    """A publication and whether it is new; ``summary`` is what tasks and scripts are told."""

    publication: Publication
    seconds: float

    def summary(self) -> dict[str, Any]:
        p = self.publication
        return {
            "path": str(p.path),
            "parquet": str(p.parquet),
            "generation": p.generation,
            "night": p.night.isoformat(),
            "new": p.new,
            "tables": len(p.content),
            "rows": sum(p.rows.values()),
            "parquet_parts_written": len(p.months_written),
            "seconds": self.seconds,
        }


def publish_night(project: Project, night: date, *, now: Callable[[], datetime]) -> Published:
    """Publish every mart and what quality knows. PublishError if there is nothing transformed yet."""
    settings, watch = project.settings, Stopwatch(now)
    with (
        warehouse.open_warehouse(
            settings.paths.warehouse, settings.storage, sealed=False, command="publish", night=night
        ) as con,
        telling(project, "publish", night, now=now) as told,
    ):
        if warehouse.get_meta(con, "models") is None:
            raise PublishError("nothing was transformed yet: run `vigie transform` first")
        build = partial(
            publish.publish,
            con,
            settings.paths.publication,
            night=warehouse.newest_night(con) or night,
            code_version=__version__,
            published_at=now().astimezone(UTC).replace(tzinfo=None),
            keep=settings.storage.keep_generations,
        )
        served = described(con, _without_those_never_built(con, tables()), settings.language)
        try:
            done = build(_with_what_moved(con, settings.paths.publication, served))
        except publish.ContentDiffersError:
            # Somebody changed days that no transform has moved: what readers get is what the warehouse has.
            done = build(served)
        told.generation = done.generation
        told.inputs, told.outputs = (
            partial(datasets.copied, done),
            partial(datasets.published, con, done, settings.paths.state),
        )
        with warehouse.transaction(con):
            warehouse.mark_published(con, done.generation)
            warehouse.remember_publication(
                con,
                generation=done.generation,
                night=done.night,
                published_at=datetime.fromisoformat(done.published_at).astimezone(UTC).replace(tzinfo=None),
                content=done.totals,
            )
            warehouse.record_step(
                con,
                night=night,
                step="publish",
                state="done",
                rows=sum(done.rows.values()),
                seconds=watch.seconds(),
                error=None,
                started_at=watch.started_at,
            )
    return Published(done, watch.seconds())


def _with_what_moved(con: Any, folder: Path, tables: dict[str, Table]) -> dict[str, Table]:
    """Say of each table which days are as in the present publication, if that is the one marked last."""
    current = publish.current(folder)
    moved = warehouse.moved_since_publication(con, current.generation) if current else None
    if moved is None:
        return tables
    return {name: replace(table, same_before=_first_moved(moved, name)) for name, table in tables.items()}


def _without_those_never_built(con: Any, tables: dict[str, Table]) -> dict[str, Table]:
    """A replay whose last night broke has not built yet what is built for readers alone: there is none to publish."""
    behind = (warehouse.get_meta(con, BEHIND) or "").split()
    never = {name for name in behind if not warehouse.has_table(con, name)}
    return {name: table for name, table in tables.items() if name not in never}


def described(con: Any, tables: Mapping[str, Table], language: str) -> dict[str, Table]:
    """The same tables with what the registry says of them and their columns; of what it does not know, nothing."""
    known = registry.read(resource_folder("sql") / "metrics.yml")
    types = warehouse.types_of(con)
    columns = [registry.Table(name, table.key, tuple(types.get(name, ()))) for name, table in tables.items()]
    said = registry.comments(known, (each for each in columns if each.key), language)
    return {
        name: replace(table, comment=said[name].table, comments=said[name].columns) if name in said else table
        for name, table in tables.items()
    }


def _first_moved(moved: Mapping[str, date], table: str) -> date | None:
    """None where all of the table was built anew: then rows without a day may have moved too."""
    day = moved.get(table, date.max)
    return day if day > models.FIRST_DAY else None


def tables() -> dict[str, Table]:
    """Every mart with its Parquet partition and key, as its SQL file declares them."""
    marts = {m.relation: Table(m.month, m.key) for m in models.read(resource_folder("sql")) if m.is_mart}
    return marts | dict.fromkeys(QUALITY, Table())


def roll_back(project: Project, *, dry_run: bool = False) -> tuple[Publication, Publication]:
    """Return readers to the generation before; gives what they saw and what they see now.

    With ``dry_run`` nothing is changed. Raises PublishError when there is no earlier generation.
    """
    folder = project.settings.paths.publication
    seen = publish.current(folder)
    before = publish.before(folder)
    if seen is None or before is None:
        raise PublishError(f"{folder}: there is no earlier publication to return to")
    return seen, before if dry_run else publish.rollback(folder)
