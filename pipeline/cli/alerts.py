"""`vigie alert`: what is wrong, and who has it in hand; `vigie watch`: the look from outside."""

from __future__ import annotations

import getpass
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import failure, show
from pipeline.cli.invocation import Json, clock, project_of
from pipeline.errors import NightBroken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.steps import Delivery, Incident, Watched

PANEL = "People"
_WHAT_LENGTH = 90
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WATCH_HELP = """\b
By cron, every ten minutes, also while Airflow is down:
  */10 * * * *  cd /srv/vigie && .venv/bin/vigie watch --once
As a service, /etc/systemd/system/vigie-watch.service:
  [Unit]
  Description=Vigie watches the nights
  [Service]
  WorkingDirectory=/srv/vigie
  EnvironmentFile=/etc/vigie/secrets
  ExecStart=/srv/vigie/.venv/bin/vigie watch
  Restart=always
  [Install]
  WantedBy=multi-user.target
Exit codes of --once: 0 nothing critical is open, 9 something is, or a message waits for its channel.

Example: vigie watch --once --json"""
Identity = Annotated[int, typer.Argument(metavar="ID", min=1, help="The number that the message and the list show.")]


def register(app: typer.Typer) -> None:
    """Add the group and the watch to the root."""
    group = typer.Typer(no_args_is_help=True)
    group.command("list", epilog="Example: vigie alert list --all")(list_)
    group.command("show", epilog="Example: vigie alert show 12")(show_)
    group.command(epilog="Example: vigie alert ack 12")(ack)
    group.command(epilog="Example: vigie alert snooze 12 --for 3d")(snooze)
    group.command("test", epilog="Example: vigie alert test chat")(try_)
    app.add_typer(
        group,
        name="alert",
        rich_help_panel=PANEL,
        help="See what is wrong, take it in hand, put it off, try the channels.",
        epilog="Example: vigie alert list",
    )
    app.command(rich_help_panel=PANEL, epilog=_WATCH_HELP)(watch)


def list_(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also what is over.")] = False,
    json: Json = False,
) -> None:
    """List the open incidents, the newest first."""
    from pipeline import steps

    found = steps.incidents(project_of(ctx), ended=every)
    if json:
        show.as_json(found)
        return
    if not found:
        typer.echo("Nothing is wrong.")
        return
    rows = [
        (one.id, one.severity, one.began_night, _state(one), one.owner, show.short(one.what, _WHAT_LENGTH))
        for one in found
    ]
    show.table("Incidents", ("id", "severity", "since", "state", "owner", "what"), rows)


def show_(ctx: typer.Context, identity: Identity, json: Json = False) -> None:
    """Show one incident: what, since when, what it touches, and what became of its messages."""
    from pipeline import steps

    one, messages = steps.incident(project_of(ctx), identity)
    if json:
        show.as_json({"incident": one, "messages": messages})
        return
    pairs: Sequence[tuple[str, object]] = [
        ("what", one.what),
        *((("detail", one.detail),) if one.detail else ()),
        ("severity", one.severity),
        ("since", f"the night of {one.began_night} ({one.began_at})"),
        ("state", _state(one)),
        ("touches", one.touches or "–"),
        ("likely cause", one.cause or "–"),
        ("look further", one.look),
        ("rule, owner", f"{one.rule}, {one.owner}"),
    ]
    show.table(f"Incident {one.id}", ("", ""), pairs)
    if messages:
        columns = ("written", "kind", "channel", "state", "tries", "why")
        rows = [(m.written_at, m.kind, m.channel, m.state, m.attempts, m.error or "") for m in messages]
        show.table("Messages", columns, rows)


def ack(ctx: typer.Context, identity: Identity) -> None:
    """Say that somebody has it in hand: no digest until it is over, or changes its severity."""
    from pipeline import steps

    one = steps.acknowledge(project_of(ctx), identity, getpass.getuser(), now=clock)
    typer.echo(f"{one.id}: in the hands of {one.acked_by}")


def snooze(
    ctx: typer.Context,
    identity: Identity,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The first day on which it is told."),
    ] = None,
    length: Annotated[str | None, typer.Option("--for", metavar="TIME", help="30m, 12h, 3d or 2w.")] = None,
) -> None:
    """Put it off: no digest until then. Its end is told all the same."""
    from pipeline import steps

    project = project_of(ctx)
    if (until is None) == (length is None):
        raise failure.Refused("say either --until YYYY-MM-DD or --for TIME, like --for 3d")
    end = until.replace(tzinfo=project.settings.zone) if until else clock() + _length(length or "")
    if end <= clock():
        raise failure.Refused("that is over already: name a day to come")
    one = steps.snooze(project, identity, end)
    typer.echo(f"{one.id}: put off until {end.astimezone(project.settings.zone):%Y-%m-%d %H:%M}")


def try_(
    ctx: typer.Context,
    channel: Annotated[list[str] | None, typer.Argument(metavar="[CHANNEL]...", help="By default all.")] = None,
) -> None:
    """Send a test to each channel, also in its quiet hours, and say what came of it."""
    from pipeline import steps

    done = steps.try_channels(project_of(ctx), channel or (), now=clock)
    show.table("Channels", ("state", "channel", "what"), [_outcome(one) for one in done], state="state")
    if any(one.error for one in done):
        raise typer.Exit(1)


def watch(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Look once, then end.")] = False,
    every: Annotated[int, typer.Option("--every", min=10, max=86_400, help="Seconds between two looks.")] = 300,
    json: Json = False,
) -> None:
    """See that the night comes, the disk has room and tokens last; send what waits.

    Needs neither Airflow nor the warehouse.
    """
    from pipeline import steps

    project = project_of(ctx)
    while True:
        found = steps.watch(project, now=clock)
        _tell_watched(found, as_json=json)
        if once:
            if not found.is_well:
                raise typer.Exit(NightBroken.exit_code)
            return
        time.sleep(every)


def _tell_watched(found: Watched, *, as_json: bool) -> None:
    if as_json:
        show.as_json(found)
        return
    critical = sum(one.severity == "critical" for one in found.incidents)
    typer.echo(
        f"{found.at}: {len(found.incidents)} open ({critical} critical), {sum(not one.error for one in found.sent)}"
        f" sent, {found.waiting} waiting"
    )
    for one in found.incidents:
        typer.echo(f"  {one.id} {one.severity}: {show.inert(show.short(one.what, _WHAT_LENGTH))}")
    for delivery in found.sent:
        if delivery.error:
            show.note(f"{delivery.channel}: {delivery.error}; kept, and tried again")


def _state(one: Incident) -> str:
    if one.ended_night:
        return f"over on {one.ended_night}"
    if one.acked_by:
        return f"in the hands of {one.acked_by}"
    return f"put off until {one.snoozed_until}" if one.snoozed_until else "open"


def _outcome(one: Delivery) -> tuple[str, str, str]:
    return ("fail", one.channel, one.error) if one.error else ("ok", one.channel, "accepted")


def _length(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not number.isdigit() or not 0 < int(number) < 10_000:
        raise failure.Refused(f"--for {text}: write a number and m, h, d or w, like 3d")
    return timedelta(**{_UNITS[unit]: int(number)})
