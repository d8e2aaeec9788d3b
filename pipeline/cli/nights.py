"""Commands of the night: each step by hand, the whole night, and many nights."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import failure, show
from pipeline.cli.invocation import Invocation, Json, NightText, OneSource, clock, night_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.steps import Fetched, Night, Project, Replay

PANEL = "A night"
STEPS = 5
REPLAY_STEPS = 4  # of each night; readers are served once, at the end
Day = typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command(rich_help_panel=PANEL, epilog="Example: vigie plan --night 2026-11-02")(plan)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie fetch --night 2026-11-02 --source facebook")(fetch)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie load --night 2026-11-02")(load)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie validate --night 2026-11-02 --json")(validate)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie transform --full")(transform)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie run --night 2026-11-02")(run)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie backfill --from 2026-10-01 --to 2026-10-31")(backfill)


def plan(ctx: typer.Context, night: NightText = None, source: OneSource = None, json: Json = False) -> None:
    """Show which accounts a night reads, and which days of each."""
    from pipeline import steps

    project = _project(ctx, source)
    units = steps.plan(project, night_of(project, night, show.note), source)
    if json:
        show.as_json([steps.to_message(unit) for unit in units])
        return
    rows = [(u.platform, u.account, u.night, u.window.since, u.window.until) for u in units]
    show.table("Plan", ("platform", "account", "night", "reads from", "to"), rows)


def fetch(ctx: typer.Context, night: NightText = None, source: OneSource = None, json: Json = False) -> None:
    """Fetch a night's accounts into the landing."""
    from pipeline import steps

    project = _project(ctx, source, requests=True)
    _preflight(project)
    units = steps.plan(project, night_of(project, night, show.note), source)
    with show.progress("fetching", len(units)) as done:
        fetched = steps.fetch_all(
            project, units, now=clock, on_unit=lambda unit: done(f"{unit.platform}/{unit.account}")
        )
    if json:
        show.as_json(fetched)
    else:
        show.table("Fetched", _FETCHED, [_fetched_row(one) for one in fetched], state="state")
    _end_with([one.error for one in fetched])


def load(ctx: typer.Context, night: NightText = None, json: Json = False) -> None:
    """Load what landed; the first gate judges it."""
    from pipeline import steps

    project = _project(ctx)
    with show.progress("loading", None) as done:
        loaded = steps.load(
            project,
            night_of(project, night, show.note),
            now=clock,
            on_unit=lambda unit: done(f"{unit.unit.platform}/{unit.unit.account} {unit.unit.night}"),
        )
    _summary("Loaded", loaded.summary(), as_json=json)
    if loaded.failed or loaded.set_aside or loaded.missing:
        raise typer.Exit(_code("NightBroken"))


def validate(ctx: typer.Context, night: NightText = None, json: Json = False) -> None:
    """Let both gates judge the warehouse again, changing nothing."""
    from pipeline import steps

    project = _project(ctx)
    run_id = f"{clock():%Y%m%dT%H%M%S%fZ}"
    judged = steps.validate(project, night_of(project, night, show.note), run_id=run_id)
    if json:
        show.as_json({"night": judged.night, "passed": judged.passed, "results": judged.results,
                      "critical": judged.critical, "warnings": judged.warnings})  # fmt: skip
    else:
        rows = [("fail", sentence) for sentence in judged.critical] + [("warn", s) for s in judged.warnings]
        show.table(
            f"{len(judged.results)} expectations on the night of {judged.night}",
            ("state", "expectation"),
            rows or [("ok", "all hold")],
            state="state",
        )
    if not judged.passed:
        raise typer.Exit(_code("QualityError"))


def transform(
    ctx: typer.Context,
    night: NightText = None,
    full: Annotated[bool, typer.Option("--full", help="Build every model anew, not only touched days.")] = False,
    json: Json = False,
) -> None:
    """Build the models; the second gate judges before the commit."""
    from pipeline import steps

    project = _project(ctx)
    with show.progress("building", None) as done:
        built = steps.transform(
            project,
            night_of(project, night, show.note),
            now=clock,
            full=full,
            on_model=lambda model: done(model.relation),
        )
    _summary("Transformed", built.summary(), as_json=json)


def run(ctx: typer.Context, night: NightText = None, json: Json = False) -> None:
    """Do a whole night, from fetching to the report and the alert."""
    project = _project(ctx, requests=True)
    _preflight(project)
    done = _run(project, night_of(project, night, show.note))
    if json:
        show.as_json(_night(done))
    else:
        _show_night(done)
    if done.error is not None:
        failure.tell(done.error)
        raise typer.Exit(done.error.exit_code)


def backfill(
    ctx: typer.Context,
    since: Annotated[datetime, typer.Option("--from", help="The first night.", formats=["%Y-%m-%d"],
                                            metavar="YYYY-MM-DD")],
    until: Annotated[datetime, typer.Option("--to", help="The last night.", formats=["%Y-%m-%d"],
                                            metavar="YYYY-MM-DD")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be read.")] = False,
) -> None:  # fmt: skip
    """Do every night of a range, oldest first, then publish once."""
    from pipeline import steps

    project = _project(ctx, requests=not dry_run)
    newest = night_of(project, None, show.note)
    if since > until:
        raise failure.Refused(f"--from {since.date()} is after --to {until.date()}")
    if until.date() > newest:
        show.note(f"the newest night that is over is {newest}: later ones are not complete")
    nights = list(steps.nights(since.date(), until.date()))
    if dry_run:
        units = [unit for night in nights for unit in steps.plan(project, night)]
        rows = [(u.night, u.platform, u.account, u.window.since, u.window.until) for u in units]
        show.table(f"{len(nights)} nights", ("night", "platform", "account", "reads from", "to"), rows)
        return
    _preflight(project)
    done = _replay(project, nights)
    show.table(f"{len(nights)} nights", _REPLAYED, [_replayed_row(night) for night in done.nights], state="state")
    _summary("Published", done.published.summary(), as_json=False)
    if done.broken:
        first = done.broken[0].error
        listed = ", ".join(str(night.night) for night in done.broken)
        show.note(f"{len(done.broken)} of {len(nights)} nights are broken: {listed}")
        raise typer.Exit(first.exit_code if first else failure.UNEXPECTED)


def _project(ctx: typer.Context, platform: str | None = None, *, requests: bool = False) -> Project:
    invocation: Invocation = ctx.obj
    project = invocation.project(requests=requests)
    used = sorted({account.platform for account in project.settings.accounts})
    if platform is not None and platform not in used:
        raise failure.Refused(f"--source: no account of {platform!r} is configured; there are {', '.join(used)}")
    return project


def _preflight(project: Project) -> None:
    """Folders and room on disk, before a single request is made. Raises ConfigError with all faults."""
    from pipeline.doctor import before_fetching
    from pipeline.errors import ConfigError

    faults = before_fetching(project.settings)
    if faults:
        listed = "; ".join(f"{fault.subject}: {fault.message} ({fault.advice})" for fault in faults)
        raise ConfigError(f"nothing was fetched: {listed}")


def _run(project: Project, night: date) -> Night:
    from pipeline import steps

    with show.progress(str(night), STEPS) as done:
        return steps.run(project, night, now=clock, on_step=done)


def _replay(project: Project, nights: Sequence[date]) -> Replay:
    """Many nights under one bar."""
    from pipeline import steps

    with show.progress("night of", REPLAY_STEPS * len(nights) + 1) as done:
        return steps.replay(
            project, nights, clock=lambda _: clock, on_step=lambda night, step: done(f"{night}: {step}")
        )


_REPLAYED = ("state", "night", "accounts", "records", "new or changed", "why")


def _replayed_row(night: Night) -> tuple[object, ...]:
    fetched, loaded = sum(one.ok for one in night.fetched), night.loaded
    counts = (loaded.records, loaded.stored) if loaded else (None, None)
    why = str(night.error) if night.error else ""
    return ("fail" if night.error else "ok", night.night, f"{fetched} of {len(night.fetched)}", *counts, why)


_FETCHED = ("state", "platform", "account", "records", "requests", "why")


def _fetched_row(one: Fetched) -> tuple[object, ...]:
    why = f"{one.error}: {one.message}" if one.error else ""
    return ("ok" if one.ok else "fail", one.platform, one.account, one.records, one.requests, why)


def _night(done: Night) -> dict[str, Any]:
    return {
        "night": done.night,
        "fetched": done.fetched,
        "loaded": done.loaded and done.loaded.summary(),
        "transformed": done.transformed and done.transformed.summary(),
        "published": done.published and done.published.summary(),
        "told": done.told and done.told.summary(),
        "error": done.error and {"kind": type(done.error).__name__, "message": str(done.error)},
    }


def _show_night(done: Night) -> None:
    show.table(f"Night of {done.night}", _FETCHED, [_fetched_row(one) for one in done.fetched], state="state")
    for title, step in (("Loaded", done.loaded), ("Transformed", done.transformed), ("Published", done.published)):
        if step is not None:
            _summary(title, step.summary(), as_json=False)


def _summary(title: str, values: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show.as_json(values)
        return
    listed = [(name.replace("_", " "), "\n".join(map(str, value)) if isinstance(value, tuple) else value)
              for name, value in values.items() if value not in ((), None)]  # fmt: skip
    show.table(title, ("", ""), listed)


def _end_with(errors: list[str | None]) -> None:
    """End with the exit code of the first error, if there is one."""
    for name in errors:
        if name is not None:
            raise typer.Exit(_code(name))


def _code(name: str) -> int:
    from pipeline import errors

    return int(getattr(getattr(errors, name, None), "exit_code", failure.UNEXPECTED))
