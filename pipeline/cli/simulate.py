"""Commands of the simulator: platforms played on this machine, the truth behind them, and the demo."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import failure

PANEL = "Simulator"
PORT, SEED, NIGHTS = 8765, 7, 90

Seed = Annotated[int, typer.Option("--seed", help="Another seed is another brand.")]
Nights = Annotated[int, typer.Option("--nights", min=1, max=3660, help="How many nights the brand lives.")]


class Format(StrEnum):
    """File formats of the truth."""

    parquet = "parquet"
    csv = "csv"


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    simulate = typer.Typer(no_args_is_help=True)
    simulate.command(epilog=f"Example: vigie simulate serve --port {PORT}")(serve)
    simulate.command(epilog="Example: vigie simulate truth kpi.account_daily --format csv")(truth)
    simulate.command(epilog="Example: vigie simulate settings --platform all --to vigie.toml")(settings)
    app.add_typer(
        simulate,
        name="simulate",
        rich_help_panel=PANEL,
        help="Play the platforms on this machine, and tell the truth.",
        epilog="Example: vigie simulate serve",
    )
    app.command(rich_help_panel=PANEL, epilog="Example: vigie demo --nights 30 --no-airflow")(demo)


def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 takes any free one.")] = PORT,
    seed: Seed = SEED,
    nights: Nights = NIGHTS,
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
) -> None:
    """Serve the simulated platforms until Ctrl-C."""
    from pipeline import simulator

    with simulator.serve(port, seed, nights, host=host) as server:
        # In its own line, for a script that waits for it.
        typer.echo(server.url)
        server.join()


def truth(
    table: Annotated[str, typer.Argument(help="A published table, like kpi.account_daily.", metavar="TABLE")],
    format_: Annotated[Format, typer.Option("--format", help="The kind of file.")] = Format.parquet,
    seed: Seed = SEED,
    nights: Nights = NIGHTS,
    out: Annotated[Path | None, typer.Option("--out", help="By default TABLE.FORMAT.", metavar="FILE")] = None,
) -> None:
    """Write what a published table must hold, worked out without the pipeline."""
    from pipeline import simulator
    from pipeline.simulator import truth as judge

    if table not in judge.tables():
        raise failure.Refused(f"there is no truth of {table!r}; there is one of: {', '.join(judge.tables())}")
    target = out or Path(f"{table}.{format_}")
    world = simulator.World(seed=seed, nights=nights)
    typer.echo(judge.export(world, table, "csv" if format_ is Format.csv else "parquet", target))


def settings(
    base: Annotated[str, typer.Option("--base", help="Where the simulator serves.")] = f"http://127.0.0.1:{PORT}",
    to: Annotated[Path | None, typer.Option("--to", help="Write them to a file.", metavar="FILE")] = None,
    platforms: Annotated[
        list[str] | None,
        typer.Option("--platform", help="May be repeated; all: every one that is played.", metavar="PLATFORM"),
    ] = None,
    exports: Annotated[bool, typer.Option("--exports", help="Give shell lines that set the secrets instead.")] = False,
) -> None:
    """Give the settings of the simulated brand, or the variables that they name."""
    from pipeline import simulator

    if exports:
        for name, value in simulator.environment().items():
            typer.echo(f"export {name}={_quoted(value)}")
        return
    from pipeline.simulator.platforms import DEMONSTRATED, PLATFORMS

    wanted = tuple(PLATFORMS) if platforms == ["all"] else platforms or DEMONSTRATED
    try:
        text = simulator.settings_toml(base, platforms=wanted)
    except ValueError as unknown:
        raise failure.Refused(str(unknown)) from None
    if to is None:
        typer.echo(text, nl=False)
        return
    failure.write_new(to, text)
    typer.echo(f'{to} written. Set its secrets with: eval "$(vigie simulate settings --exports)"')


def demo(
    to: Annotated[Path | None, typer.Option("--to", help="The folder; emptied first.", metavar="FOLDER")] = None,
    seed: Seed = SEED,
    nights: Nights = NIGHTS,
    airflow: Annotated[bool, typer.Option(help="Send the last night through Airflow.")] = True,
) -> None:
    """Live through many nights of a simulated brand and show what comes out."""
    from pipeline import demo as show_all
    from pipeline.cli import show
    from pipeline.cli.invocation import set_up_logging

    set_up_logging()
    show_all.run_demo(
        to or show_all.default_folder(), seed=seed, nights=nights, with_airflow=airflow, console=show.out()
    )


def _quoted(value: str) -> str:
    import shlex

    return shlex.quote(value)
