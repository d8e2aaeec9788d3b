"""Pages to look at: of the newest nights of a small simulated brand, and of a year of a large one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline import report
from pipeline.report import period_of
from tests.nights.replaying import replay

HERE = Path(__file__).parent
LANGUAGES = ("en", "fr")


@dataclass(frozen=True)
class Published:
    """A DuckDB file as readers have it, and its newest night."""

    file: Path
    night: date

    @cache  # noqa: B019 - a handful of publications, each of which is looked at by many tests
    def page(self, language: str = "fr", period: str = "28d") -> str:
        with duckdb.connect(str(self.file), read_only=True) as con, TemporaryDirectory() as folder:
            out = report.render(
                con,
                Path(folder) / "report.html",
                brand="Atelier Marin",
                night=self.night,
                language=language,
                currency="EUR",
                period=period_of(period, self.night),
                simulated=True,
            )
            return out.read_text("utf-8")


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="vigie-pages-")


@cache
def small() -> Published:
    """Three nights of the demonstration brand."""
    folder = Path(_folder().name) / "small"
    folder.mkdir()
    with replay(folder, nights=3) as played:
        played.nights(played.world.nights)
        seen = played.project.settings.paths.publication / "vigie.duckdb"
        copy = folder / "small.duckdb"
        copy.write_bytes(seen.read_bytes())
        return Published(copy, played.world.nights[-1])


@cache
def large() -> Published:
    """The same publication with thirteen months of five networks in it, and something in every table."""
    known = small()
    copy = known.file.with_name("large.duckdb")
    copy.write_bytes(known.file.read_bytes())
    copy.chmod(0o644)
    with changed(copy) as con:
        con.execute("set variable night = ?::date", [known.night])
        con.execute((HERE / "wide.sql").read_text("utf-8"))
    return Published(copy, known.night)


@contextmanager
def changed(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(file)) as con:
        yield con
