"""Generations of the publication on disk: their manifests, the link that chooses one, their removal."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from pipeline import durable
from pipeline.errors import PublishError

FILE, PARQUET, MANIFEST, CURRENT = "vigie.duckdb", "parquet", "manifest.json", "current"
GENERATION = re.compile(r"\d{8}-(\d{6})")

Content = Mapping[str, Mapping[str, tuple[int, str]]]


@dataclass(frozen=True)
class Publication:
    """One generation as readers see it. ``content``: row count and checksum by table and month."""

    path: Path
    parquet: Path
    generation: str
    night: date
    code_version: str
    published_at: str
    content: Content
    months_written: tuple[str, ...] = ()
    new: bool = field(default=True, compare=False)

    @property
    def rows(self) -> dict[str, int]:
        return {table: sum(count for count, _ in months.values()) for table, months in self.content.items()}

    @property
    def totals(self) -> dict[str, tuple[int, int]]:
        """Row count and checksum of each whole table."""
        return {
            table: (sum(count for count, _ in months.values()), sum(int(total) for _, total in months.values()))
            for table, months in self.content.items()
        }


def current(folder: Path) -> Publication | None:
    """What readers see now; None before the first publication. PublishError if it is damaged."""
    file = folder / CURRENT / MANIFEST
    if not file.exists():
        return None
    return read(folder, file)


def generations(folder: Path) -> list[str]:
    """The generations that are kept, oldest first."""
    root = folder / "generations"
    found = [p.name for p in root.iterdir() if GENERATION.fullmatch(p.name)] if root.is_dir() else []
    return sorted(found, key=lambda name: name.rpartition("-")[2])


def before(folder: Path) -> Publication | None:
    """The generation that ``rollback`` would bring back; None if there is none."""
    now = current(folder)
    older = [g for g in generations(folder) if now and g.rpartition("-")[2] < now.generation.rpartition("-")[2]]
    return read(folder, folder / "generations" / older[-1] / MANIFEST) if older else None


def sweep(folder: Path) -> None:
    """Remove what a killed publication left: unfinished generations and links that were not swapped."""
    for left in (*folder.glob("generations/.building-*"), *folder.glob(".*.new")):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()


def last_sequence(folder: Path) -> int:
    return max((int(g.rpartition("-")[2]) for g in generations(folder)), default=0)


def point_to(folder: Path, generation: str) -> None:
    """The commit point: one rename of one link. The outer names are made once and never change."""
    _swap_link(folder, CURRENT, f"generations/{generation}")
    for name in (FILE, PARQUET, MANIFEST):
        if not (folder / name).is_symlink():
            _swap_link(folder, name, f"{CURRENT}/{name}")
    durable.sync(folder)


def _swap_link(folder: Path, name: str, target: str) -> None:
    new = folder / f".{name}.new"
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.rename(folder / name)


def prune(folder: Path, keep: int) -> None:
    now = current(folder)
    old = [g for g in generations(folder) if now and g != now.generation][: -max(keep - 1, 1)]
    for generation in old:
        shutil.rmtree(folder / "generations" / generation)


def sync_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        durable.sync(path)


def to_text(publication: Publication) -> str:
    kept = {k: v for k, v in asdict(publication).items() if k not in {"path", "parquet", "new"}}
    return json.dumps({"version": 1, **kept, "night": publication.night.isoformat()}, indent=1, sort_keys=True) + "\n"


def read(folder: Path, file: Path) -> Publication:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        content = {t: {m: (int(c[0]), str(c[1])) for m, c in months.items()} for t, months in raw["content"].items()}
        return Publication(
            folder / FILE, folder / PARQUET, raw["generation"], date.fromisoformat(raw["night"]), raw["code_version"],
            raw["published_at"], content, tuple(raw["months_written"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"{file}: the publication's manifest cannot be read ({error}); run `vigie rollback`"
        ) from error
