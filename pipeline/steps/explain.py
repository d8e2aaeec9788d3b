"""From which records, in which files, one number of a mart came.

The way is that of the lineage. At each table on it the SQL is worked out again on the rows that it may have read,
with some of them left out: those without which the number would be another are the ones that it came from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from time import monotonic
from typing import Any

from pipeline import landing, registry, warehouse
from pipeline.errors import ConfigError
from pipeline.models.model import MARTS, Model
from pipeline.steps.lineage import ROWS, find, known, platform_of
from pipeline.steps.project import Project, resource_folder
from pipeline.warehouse import Row, Tracing

SECONDS = 60.0
# What the warehouse itself knows of a raw record: beside it, not in it.
_OWN = ("_account", "_night", "_day", "_run_id", "_observed_at", "_absent", "_hash", "_unknown")
_NOT_OF_WHOM = ("observed_at", "run_id")


@dataclass(frozen=True)
class Origin:
    """A row on the way of a number, with the value that it gave. ``of`` are the columns that tell it from others.

    ``rows`` is how many rows of the next tables the value comes from, of which ``origins`` are the first.
    ``record`` is the platform's own record where the way ends, ``file`` and ``line`` where it lies in the landing.
    ``note`` says what could not be told, and why.
    """

    relation: str
    column: str
    value: Any
    of: Mapping[str, Any]
    rows: int = 0
    is_smallest: bool = True
    origins: tuple[Origin, ...] = ()
    notes: tuple[str, ...] = ()
    file: str | None = None
    line: int | None = None
    record: str | None = field(default=None, repr=False)

    def each(self) -> Iterator[Origin]:
        """This row and all behind it."""
        yield self
        for origin in self.origins:
            yield from origin.each()

    @property
    def records(self) -> list[Origin]:
        """The raw records at the end of the way."""
        raw = (one for one in self.each() if one.relation.startswith("raw."))
        return list({(one.relation, str(one.of)): one for one in raw}.values())

    def summary(self) -> dict[str, Any]:
        """For scripts; what says nothing is left out."""
        said = {"notes": list(self.notes), "file": self.file, "line": self.line, "rows": self.rows}
        found = {"relation": self.relation, "column": self.column, "value": self.value, "of": dict(self.of)}
        found |= {name: each for name, each in said.items() if each}
        return found | ({"origins": [one.summary() for one in self.origins]} if self.origins else {})


def explain(
    project: Project, table: str, where: str, column: str, *, limit: int = 1, follow: int = 5, seconds: float = SECONDS
) -> list[Origin]:
    """The way back of ``column`` in each row of a mart for which ``where`` holds.

    At most ``follow`` rows are followed from each table to the next, for at most ``seconds``. ConfigError where more
    than ``limit`` rows are meant, or none, and for a condition that is none; UnknownNameError for a table or column
    that is not there; WarehouseBusy while another process writes.
    """
    relation, name = find(f"{table}.{column}")
    if name == ROWS or relation.partition(".")[0] not in (*MARTS, "core"):
        raise ConfigError(f"{table}: only columns of marts and of core can be explained")
    model, path = known().models[relation], project.settings.paths.warehouse
    rows = warehouse.select(path, relation, list(dict.fromkeys((*model.key, name))), where, limit + 1)
    if not rows:
        raise ConfigError(f"{table} has no row where {where}")
    if len(rows) > limit:
        raise ConfigError(
            f"{table} has more than {limit} row{'s' if limit > 1 else ''} where {where}: narrow it by "
            f"{', '.join(model.key)}, or ask for more with --limit"
        )
    with Tracing(path) as tracing:
        way = _Way(project, tracing, follow, monotonic() + seconds)
        return [way.back(relation, name, row[name], {each: row[each] for each in model.key}) for row in rows]


class _Way:
    """The way back from one row of a table."""

    def __init__(self, project: Project, tracing: Tracing, follow: int, until: float) -> None:
        self._project, self._tracing, self._follow, self._until = project, tracing, follow, until
        self._metrics = registry.read(resource_folder("sql") / "metrics.yml").metrics

    def back(self, relation: str, column: str, value: Any, of: Row) -> Origin:
        """The way of a value of the one row that ``of`` tells from others."""
        model = known().models.get(relation)
        if model is None:
            notes = ("from the settings",) if relation.startswith("seed.") else ()
            return Origin(relation, column, value, of, notes=notes)
        model = self._of_platform(model, of)
        # What one platform tells has fewer columns than what unites them all.
        of = {name: each for name, each in of.items() if name in known().columns(model.relation)}
        reads: dict[str, list[str]] = {}
        for read in known().reads[model.relation].get(column, ()):
            reads.setdefault(read.relation, []).append(read.column)
        if model.computed and any(name.startswith("temp.") for name in reads):
            return Origin(relation, column, value, of, notes=(self._computed(model),))
        if value is None:
            return Origin(
                relation, column, value, of, notes=("nobody told it: NULL is no number that came of anything",)
            )
        if not reads:
            counted = ", ".join(sorted(model.depends_on))
            return Origin(relation, column, value, of, notes=(f"counted or set by the SQL from rows of {counted}",))
        if monotonic() > self._until:
            return Origin(relation, column, value, of, notes=("time ran out here: ask for more with --seconds",))
        return self._through(relation, model, column, value, of, reads)

    def _through(
        self, relation: str, model: Model, column: str, value: Any, of: Row, reads: Mapping[str, list[str]]
    ) -> Origin:
        trial = self._trial(model, column, value, of)
        if trial is None:
            note = f"{model.name} gives another value now than when it was built: run vigie transform, then ask again"
            return Origin(relation, column, value, of, notes=(note,))
        origins: list[Origin] = []
        notes: list[str] = []
        total, smallest = 0, True
        for source, columns in sorted(reads.items()):
            near = self._near(source, of)
            found = trial.smallest(source, near, lambda: monotonic() < self._until)
            total += len(found.rows)
            smallest = smallest and found.is_smallest
            for row in found.rows[: self._follow]:
                origins += self._onward(source, columns, row)
            if len(found.rows) > self._follow:
                notes.append(f"{len(found.rows)} rows of {source}: the first {self._follow} are followed")
        if not origins:
            notes.append("no single row is behind it: it would be the same without any of them")
        return Origin(relation, column, value, of, total, smallest, tuple(origins), tuple(notes))

    def _near(self, source: str, of: Row) -> Row:
        """What the rows probably have that matter: the same names and days; of raw records, the same night."""
        if source.startswith("raw."):
            return {"_night": of["night"]} if "night" in of else {}
        columns = self._tracing.columns(source)
        return {name: each for name, each in of.items() if name in columns}

    def _onward(self, source: str, columns: list[str], row: Row) -> list[Origin]:
        """From a row that mattered on: by each of its columns that were read and that say something."""
        if source.startswith("raw."):
            return [self._record(source, columns, row)]
        of = self._identity(source, row)
        told = [name for name in dict.fromkeys(columns) if row.get(name) is not None]
        return [self.back(source, name, row[name], of) for name in told]

    def _identity(self, relation: str, row: Row) -> Row:
        model = known().models.get(relation)
        if model is not None and model.key:
            return {name: row[name] for name in model.key}
        # What a view of staging says of whom and when: names and days, and no numbers.
        return {
            name: each
            for name, each in row.items()
            if isinstance(each, str | date) and name not in (*self._metrics, *_NOT_OF_WHOM)
        }

    def _trial(self, model: Model, column: str, value: Any, of: Row) -> Any:
        """The model's SQL on as few rows as give the value that stands there; None where nothing does."""
        names = {name: self._tracing.columns(name) for name in sorted(model.depends_on)}
        told = {name: each for name, each in of.items() if each is not None}
        steady = {name: each for name, each in told.items() if not name.endswith(("day", "night", "start"))}
        whose = {name: each for name, each in steady.items() if name in ("platform", "account", "site")}
        for narrow in (steady, whose, {}):
            inputs = {
                name: {key: each for key, each in self._own_names(name, narrow).items() if key in columns}
                for name, columns in names.items()
            }
            trial = self._tracing.trial(model.sql, inputs, of, column)
            if warehouse.same(trial.value(), [value]):
                return trial
        return None

    @staticmethod
    def _own_names(relation: str, of: Row) -> Row:
        return {"_account": of["account"]} if relation.startswith("raw.") and "account" in of else of

    @staticmethod
    def _of_platform(model: Model, of: Row) -> Model:
        """Of a view that unites the platforms, the one of the row's platform."""
        if model.file.parent.name != "contract":
            return model
        one = f"staging.{of.get('platform') or of.get('source')}_{model.file.stem}"
        return known().models.get(one, model)

    @staticmethod
    def _computed(model: Model) -> str:
        reads = ", ".join(sorted(model.depends_on))
        return (
            f"computed in Python by the statistics {model.computed} from all rows of {reads}: no single record is "
            "behind it"
        )

    def _record(self, table: str, columns: list[str], row: Row) -> Origin:
        """A raw record and where it lies in the landing."""
        platform = platform_of(table) or ""
        stream = table.removeprefix(f"raw.{platform}_")
        declared = next(each for each in self._project.sources[platform].STREAMS if each.name == stream)
        key = {name: row[name] for name in declared.key}
        of = {"platform": platform, "account": row["_account"], "night": row["_night"], "run": row["_run_id"]}
        of |= {"observed_at": row["_observed_at"], **key}
        read = [name for name in dict.fromkeys(columns) if name not in _OWN] or columns
        file, line, record = self._landed(platform, stream, row, key)
        notes = () if file else ("the landing has no longer the run that it was loaded from",)
        value = row[read[0]] if len(read) == 1 else {name: row[name] for name in read}
        return Origin(table, ", ".join(read), value, of, notes=notes, file=file, line=line, record=record)

    def _landed(self, platform: str, stream: str, row: Row, key: Row) -> tuple[str | None, int | None, str | None]:
        runs = landing.manifests(
            self._project.settings.paths.landing, night=row["_night"], platform=platform, account=row["_account"]
        )
        for run in runs:
            if run.run_id != row["_run_id"]:
                continue
            for file, line, content in landing.numbered(run, stream):
                record = json.loads(content)
                if all(_text(record.get(name)) == _text(each) for name, each in key.items()):
                    return file, line, content.decode()
        return None, None, None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
