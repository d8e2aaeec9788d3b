"""The datasets of lineage events: landing folders, raw tables, tables of the warehouse, tables of the publication."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import __version__, models, registry, warehouse
from pipeline.lineage import Check, Dataset, Field, facets
from pipeline.models import Model, ModelBuild
from pipeline.publish import Publication
from pipeline.quality import GateReport
from pipeline.steps.lineage import known
from pipeline.steps.project import resource_folder
from pipeline.steps.telling import Part
from pipeline.streams import Manifest, Source

Reads = Mapping[str, Mapping[str, Sequence[tuple[str, str, str]]]]
"""Table → column → table, column and how of each column that it is made of, past the views of staging."""


def platform(manifest: Manifest) -> Dataset:
    """The account of a platform, which was asked."""
    return Dataset(f"{manifest.unit.platform}/{manifest.unit.account}")


def landed(manifest: Manifest, source: Source) -> list[Dataset]:
    """The streams of one landed unit."""
    columns = {stream.name: stream.columns for stream in source.STREAMS}
    return [
        Dataset(
            f"landing/{manifest.unit.platform}/{manifest.unit.account}/{name}",
            tuple(Field(column, kind) for column, kind in columns.get(name, {}).items()),
            stream.records,
        )
        for name, stream in manifest.streams.items()
        if stream.absent is None
    ]


def raw(manifests: Iterable[Manifest], sources: Mapping[str, Source]) -> list[Dataset]:
    """The raw tables that units are loaded into."""
    platforms = sorted({manifest.unit.platform for manifest in manifests})
    return [
        Dataset(f"raw.{name}_{stream.name}", tuple(Field(column, kind) for column, kind in stream.columns.items()))
        for name in platforms
        for stream in sources[name].STREAMS
    ]


def gate(number: int, report: GateReport) -> Part:
    """What a gate expected of each table, and found; failed where something critical was not so."""
    by_table: dict[str, list[Check]] = {}
    for row in report.results:
        check = Check(row.expectation, row.column, row.severity, bool(row.success))
        by_table.setdefault(row.table, []).append(check)
    tables = [Dataset(table, checks=tuple(checks)) for table, checks in sorted(by_table.items())]
    return Part(f"gate_{number}", tables, error="; ".join(report.critical) or None)


def built(con: Any, every: Sequence[Model], done: Sequence[ModelBuild], state: Path) -> list[Part]:
    """For each table that was built: the job, the tables that it was made of, and itself with its columns."""
    types, by_name = warehouse.types_of(con), {model.relation: model for model in every}
    views = {name: model for name, model in by_name.items() if model.kind == "view"}
    kept = _facets(types, state)
    return [
        Part(
            f"transform.{build.relation}",
            [Dataset(each) for each in sorted(_through(by_name[build.relation], views)) if each in types],
            [Dataset(build.relation, rows=build.rows, facets=kept.get(build.relation, {}))],
        )
        for build in done
    ]


def copied(done: Publication) -> list[Dataset]:
    """The tables of the warehouse that a publication has."""
    return [Dataset(name, rows=rows) for name, rows in sorted(done.rows.items())]


def published(con: Any, done: Publication, state: Path) -> list[Dataset]:
    """The same tables in the published file and in the Parquet."""
    kept = _facets(warehouse.types_of(con), state)
    return [
        Dataset(f"{form}/{name}", rows=rows, facets=kept.get(f"published/{name}", {}))
        for form in ("published", "parquet")
        for name, rows in sorted(done.rows.items())
    ]


def _through(model: Model, views: Mapping[str, Model]) -> set[str]:
    """What a table reads, past the views of staging."""
    found: set[str] = set()
    for each in model.depends_on:
        found |= _through(views[each], views) if each in views else {each}
    return found


def _facets(types: Mapping[str, Mapping[str, str]], state: Path) -> Mapping[str, Any]:
    """Table → what events say of its columns. Kept in the state folder while SQL, registry and types are the same:
    to work it out takes seconds.
    """
    folder = resource_folder("sql")
    marks = (models.fingerprint(models.read(folder)), (folder / "metrics.yml").stat().st_mtime_ns, __version__, types)
    return _kept(state / "lineage" / "facets.json", hashlib.sha256(repr(marks).encode()).hexdigest(), types)


_KNOWN: dict[str, Mapping[str, Any]] = {}


def _kept(file: Path, mark: str, types: Mapping[str, Mapping[str, str]]) -> Mapping[str, Any]:
    if mark not in _KNOWN:
        _KNOWN[mark] = _read(file, mark) or _write(file, mark, _fresh(types))
    return _KNOWN[mark]


def _read(file: Path, mark: str) -> Mapping[str, Any] | None:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        found: Mapping[str, Any] | None = kept["facets"] if kept["mark"] == mark else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found


def _write(file: Path, mark: str, found: Mapping[str, Any]) -> Mapping[str, Any]:
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    aside.write_text(json.dumps({"mark": mark, "facets": found}), encoding="utf-8")
    aside.replace(file)
    return found


def _fresh(types: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    made, meanings = _past_views(), registry.read(resource_folder("sql") / "metrics.yml")
    found = {}
    for table, columns in types.items():
        if table not in made and not table.startswith("quality."):
            continue
        of: dict[str, list[tuple[str, str, str]]] = {
            column: [(one, name, how) for one, name, how in reads if one in types]
            for column, reads in made.get(table, {}).items()
        }
        copies: dict[str, list[tuple[str, str, str]]] = {each: [(table, each, "copied")] for each in columns}
        for name, reads_of in ((table, of), (f"published/{table}", copies)):
            fields = tuple(
                Field(column, kind, meanings.definition(table, column, "en") or "", tuple(reads_of.get(column, ())))
                for column, kind in columns.items()
            )
            found[name] = facets(Dataset(name, fields))
    return found


def _past_views() -> Reads:
    every = known()
    order = ("copied", "computed", "combined")

    def origins(relation: str, column: str, how: str) -> dict[tuple[str, str], str]:
        model = every.models.get(relation)
        if model is None or model.kind != "view":
            return {(relation, column): how}
        found: dict[tuple[str, str], str] = {}
        for read in every.reads[relation].get(column, ()):
            onward = origins(read.relation, read.column, max(how, read.how, key=order.index))
            found |= {place: max(kind, found.get(place, kind), key=order.index) for place, kind in onward.items()}
        return found

    return {
        relation: {
            column: [
                (table, name, how)
                for read in reads_
                for (table, name), how in sorted(origins(read.relation, read.column, read.how).items())
            ]
            for column, reads_ in every.reads[relation].items()
        }
        for relation, model in every.models.items()
        if model.kind == "table"
    }
