"""Commands of the night: each step by hand, the whole night, and many nights."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import failure, show
from pipeline.cli.invocation import Invocation, Json, NightText, OneSource, clock, night_of

if TYPE_CHECKING:
    from pipeline.steps import Backfilled, Fetched, Night, Project, Validated

PANEL = "A night"
STEPS = 5
Day = typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command(rich_help_panel=PANEL, epilog="Example: vigie plan --night 2026-11-02")(plan)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie fetch --night 2026-11-02 --source facebook")(fetch)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie load --night 2026-11-02")(load)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie validate --as-of 2026-11-02")(validate)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie transform --full")(transform)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie run --night 2026-11-02")(run)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie backfill --from 2026-01-01 --source mastodon")(backfill)


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


def validate(
    ctx: typer.Context,
    night: NightText = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            help="Judge core and marts as they were known on this night, whatever came afterwards.",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Let both gates judge the warehouse again, changing nothing."""
    from pipeline import steps

    if night is not None and as_of is not None:
        raise failure.Refused("--night and --as-of: one of the two; --as-of says which night by itself")
    project = _project(ctx)
    run_id = f"{clock():%Y%m%dT%H%M%S%fZ}"
    if as_of is None:
        judged = steps.validate(project, night_of(project, night, show.note), run_id=run_id)
    else:
        with show.progress("building", None) as done:
            judged = steps.validate_as_of(
                project, as_of.date(), run_id=run_id, on_model=lambda model: done(model.relation)
            )
    _show_judged(judged, as_json=json)
    if not judged.passed:
        raise typer.Exit(_code("QualityError"))


def _show_judged(judged: Validated, *, as_json: bool) -> None:
    if as_json:
        show.as_json({**vars(judged), "passed": judged.passed})
        return
    rows = [("fail", sentence) for sentence in judged.critical] + [("warn", s) for s in judged.warnings]
    known = f", as published in {judged.generation}" if judged.generation else ""
    title = f"{len(judged.results)} expectations on the night of {judged.night}{known}"
    show.table(title, ("state", "expectation"), rows or [("ok", "all hold")], state="state")
    for note in judged.notes:
        show.note(note)


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
    since: Annotated[datetime, typer.Option("--from", help="The first day.", formats=["%Y-%m-%d"],
                                            metavar="YYYY-MM-DD")],
    until: Annotated[datetime | None, typer.Option("--to", help="The last day; by default the last one that is over.",
                                                   formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")] = None,
    source: OneSource = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be read.")] = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Read the days before the first night, newest first; publish once.

    It goes as far back as each platform does. Days that a night has read are left alone. What was
    read stays when a quota ends it: run it again after the reset, and it goes on from there.
    """
    from pipeline import steps

    project = _project(ctx, source, requests=not dry_run)
    newest = night_of(project, None, show.note)
    last = min(until.date() if until else newest, newest)
    if until and until.date() > newest:
        show.note(f"the newest night that is over is {newest}: later days are not complete")
    if since.date() > last:
        raise failure.Refused(f"--from {since.date()} is after --to {last}")
    stretches = steps.plan_backfill(project, since.date(), last, today=clock().date(), platform=source)
    for stretch in stretches:
        for note in stretch.notes:
            show.note(f"{stretch.platform}/{stretch.account}: {note}")
    units = [unit for stretch in stretches for unit in stretch.units]
    if dry_run:
        rows = [(u.platform, u.account, u.window.since, u.window.until) for u in units]
        show.table("To read, newest first", ("platform", "account", "from", "to"), rows)
        return
    _preflight(project)
    with show.progress("reading", len(units)) as told:
        done = steps.backfill(
            project, stretches, now=clock, on_unit=lambda one: told(f"{one.platform}/{one.account} to {one.until}")
        )
    if done:
        steps.serve_backfill(project, newest, now=clock)
    if json:
        show.as_json(done)
    else:
        show.table("Read", _BACKFILLED, [_backfilled_row(one) for one in done], state="state")
        for one in done:
            for note in one.notes:
                show.note(f"{one.platform}/{one.account} to {one.until}: {note}")
    _end_with([one.error for one in done])


_BACKFILLED = ("state", "platform", "account", "from", "to", "records", "requests", "new or changed", "why")


def _backfilled_row(one: Backfilled) -> tuple[object, ...]:
    why = f"{one.error}: {one.message}" if one.error else ""
    numbers = (one.records, one.requests, one.stored)
    return ("fail" if one.error else "ok", one.platform, one.account, one.since, one.until, *numbers, why)


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
