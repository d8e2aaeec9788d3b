"""Read ``sql/``: which models there are, what each one reads, and in which order they are built.

What a model reads is taken from its SQL. Layers read only downward: staging reads raw; core reads
staging and core; marts read core and marts, as long as nothing goes round in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

from pipeline.errors import ModelError
from pipeline.models.model import MARTS, Model, directives, table_terms

GIVEN: Final = frozenset({"raw", "seed", "ops"})
READS: Final[Mapping[str, frozenset[str]]] = {
    "staging": GIVEN,
    "core": frozenset({"seed", "ops", "staging", "core"}),
    "kpi": frozenset({"seed", "ops", "core", *MARTS}),
    "conversion": frozenset({"seed", "ops", "core", *MARTS}),
}
CONTRACTS: Final = "contract"
UNITED: Final = "\nunion all by name\n"
PART: Final = "select * from "


def read(folder: Path) -> tuple[Model, ...]:
    """All models of ``folder`` (the ``sql/`` tree) in build order.

    ModelError names the file and what is wrong: SQL that cannot be parsed, a missing directive, a
    read against the layers, a relation that no model gives, a circle.
    """
    models = [_model(file, layer) for layer in READS for file in sorted((folder / layer).glob("*.sql"))]
    models += _unions(folder, models)
    return _ordered(models)


def is_united(model: Model) -> bool:
    """Whether a view unites what all platforms give of one contract."""
    return model.file.parent.name == CONTRACTS


def of_platforms(models: Iterable[Model], platforms: Collection[str]) -> tuple[Model, ...]:
    """The same models without the staging of other platforms: a brand pays for those that it has, not for all.

    Each view that unites platforms unites only these.
    """
    every = tuple(models)
    contracts = [model.file.stem for model in every if model.file.parent.name == CONTRACTS]

    def is_known(relation: str) -> bool:
        stem = relation.partition(".")[2]
        fitting = [name for name in contracts if stem.endswith(f"_{name}")]
        return bool(fitting) and stem.removesuffix(f"_{max(fitting, key=len)}") in platforms

    chosen = []
    for model in every:
        if model.kind != "view":
            chosen.append(model)
        elif is_united(model):
            columns, *selects = model.sql.split(UNITED)
            parts = [each for each in selects if is_known(each.removeprefix(PART))]
            known = frozenset(relation for relation in model.depends_on if is_known(relation))
            chosen.append(replace(model, sql=UNITED.join((columns, *parts)), depends_on=known))
        elif is_known(model.relation):
            chosen.append(model)
    return tuple(chosen)


def _model(file: Path, layer: str) -> Model:
    sql = file.read_text(encoding="utf-8").rstrip().rstrip(";")
    relation = f"{layer}.{file.stem}"
    found = directives(file, sql)
    depends_on = _dependencies(file, sql)
    if layer == "staging":
        _check_layers(file, layer, depends_on)
        return Model(relation, file, sql, "view", depends_on, found["grain"])
    terms = table_terms(file, found)
    own = {f"temp.{terms.computed}"}
    if terms.as_observed and any(not name.startswith("staging.") for name in depends_on):
        raise ModelError(f"{file}: only what reads staging alone can be rebuilt as observed")
    _check_layers(file, layer, (depends_on | terms.reads) - own)
    sums, _, reason = found.get("sums", "").partition(", because ")
    if sums and not reason.strip():
        raise ModelError(f"{file}: the directive sums must say why (-- sums: {sums}, because …)")
    return Model(
        relation=relation,
        file=file,
        sql=sql,
        kind="table",
        depends_on=(depends_on | terms.reads) - own,
        grain=found["grain"],
        key=terms.key,
        rebuild=terms.rebuild,
        days_before=terms.days_before,
        month=found.get("month"),
        reach=terms.reach,
        also=found.get("also"),
        whole_months=terms.whole_months,
        computed=terms.computed,
        for_readers=terms.for_readers,
        as_observed=terms.as_observed,
        sums=frozenset(name.strip() for name in sums.split(",") if name.strip()),
    )


def _dependencies(file: Path, sql: str) -> frozenset[str]:
    try:
        return tables_in(sql)
    except ValueError as error:
        raise ModelError(f"{file}: {error}") from error


@lru_cache(maxsize=512)
def tables_in(sql: str) -> frozenset[str]:
    """The relations that a SELECT reads, as ``schema.name``; names of CTEs are none of them.

    Cached, because one process may build ninety nights of the same SQL. ValueError when the SQL cannot
    be parsed, is not one SELECT, or names a relation without its schema.
    """
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise ValueError(f"cannot be parsed: {error}") from error
    if not isinstance(tree, exp.Query):
        raise ValueError("must be one SELECT")  # noqa: TRY004 - the type of the statement, not of an argument
    ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
    found: set[str] = set()
    for table in tree.find_all(exp.Table):
        if table.db:
            found.add(f"{table.db}.{table.name}")
        elif table.name and table.name not in ctes:
            raise ValueError(f"{table.name} is read without its schema")
    return frozenset(found)


def columns_in(sql: str) -> tuple[str, ...]:
    """The columns of a SELECT that names them all, in their order. ModelError for one that ends in ``*``."""
    import sqlglot

    names = tuple(sqlglot.parse_one(sql, dialect="duckdb").named_selects)
    if "*" in names:
        raise ModelError(f"the columns of a published table must be written out: {', '.join(names)}")
    return names


def _check_layers(file: Path, layer: str, depends_on: Iterable[str]) -> None:
    for relation in sorted(depends_on):
        schema = relation.partition(".")[0]
        if schema not in READS[layer]:
            raise ModelError(f"{file}: {layer} must not read {relation}: data walks one way")


def _unions(folder: Path, models: Iterable[Model]) -> list[Model]:
    """One view per contract: its columns, then every platform's rows, united by name."""
    parts: defaultdict[str, list[Model]] = defaultdict(list)
    contracts = {file.stem: file for file in sorted((folder / "staging" / CONTRACTS).glob("*.sql"))}
    for model in models:
        if model.kind == "view":
            parts[_contract(model.file, contracts)].append(model)
    return [_union(file, parts[contract]) for contract, file in contracts.items()]


def _contract(file: Path, contracts: Iterable[str]) -> str:
    """What a staging file gives: ``google_plus_post_snapshot`` is the post_snapshot of google_plus."""
    fitting = [name for name in contracts if file.stem.endswith(f"_{name}")]
    if not fitting:
        raise ModelError(f"{file}: there is no contract for {file.stem!r}: known are {', '.join(contracts)}")
    return max(fitting, key=len)


def _union(file: Path, parts: list[Model]) -> Model:
    sql = file.read_text(encoding="utf-8").rstrip().rstrip(";")
    found = directives(file, sql)
    _check_layers(file, "staging", _dependencies(file, sql))
    whole = UNITED.join((sql, *(f"{PART}{part.relation}" for part in parts)))
    depends_on = frozenset(part.relation for part in parts)
    return Model(f"staging.{file.stem}", file, whole, "view", depends_on, found["grain"])


def _ordered(models: Iterable[Model]) -> tuple[Model, ...]:
    by_name = {model.relation: model for model in models}
    for model in by_name.values():
        for relation in sorted(model.depends_on - by_name.keys()):
            if relation.partition(".")[0] not in GIVEN:
                raise ModelError(f"{model.file}: reads {relation}, which no file gives")
    sorter = TopologicalSorter(
        {name: sorted(model.depends_on & by_name.keys()) for name, model in sorted(by_name.items())}
    )
    for model in by_name.values():
        for relation in sorted(model.depends_on & by_name.keys()):
            if by_name[relation].for_readers and not model.for_readers:
                raise ModelError(f"{model.file}: reads {relation}, which is built for readers alone: be so too")
    try:
        return tuple(by_name[name] for name in sorter.static_order())
    except CycleError as error:
        circle = " reads ".join(reversed(error.args[1]))
        file = by_name[error.args[1][0]].file
        raise ModelError(f"{file}: models go round in a circle: {circle}") from error
