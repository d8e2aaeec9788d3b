"""`vigie inbox`: where the forms of the brand's sites send requests and sign-ups."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import failure, show
from pipeline.cli.invocation import Invocation, clock

if TYPE_CHECKING:
    from pipeline.settings import Account

PANEL = "A night"
HOST, PORT = "127.0.0.1", 8787


def register(app: typer.Typer) -> None:
    """Add the group to the root."""
    group = typer.Typer(no_args_is_help=True)
    group.command(epilog="Example: vigie inbox serve --port 8787")(serve)
    group.command("send-test", epilog="Example: vigie inbox send-test --site www.example.org")(send_test)
    app.add_typer(
        group,
        name="inbox",
        rich_help_panel=PANEL,
        help="Take what the forms of the brand's sites send.",
        epilog="Example: vigie inbox serve",
    )


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = HOST,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 takes any free one.")] = PORT,
    window: Annotated[
        int, typer.Option("--window", min=10, max=3600, help="Seconds after which a signature is too old.")
    ] = 300,
    largest: Annotated[
        int, typer.Option("--largest", min=256, max=10_000_000, help="Most bytes of a message.")
    ] = 65_536,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=60, help="Most seconds of a request.")] = 10.0,
    connections: Annotated[int, typer.Option("--connections", min=1, max=1000, help="Most requests at once.")] = 32,
) -> None:
    """Take signed messages at POST /inbox until SIGTERM or Ctrl-C.

    It speaks plain HTTP to this machine alone: TLS belongs to the web server in front of it (nginx, Caddy,
    Apache), which passes POST /inbox on. What was answered with 200 is on disk; the night reads it there.
    GET /healthz tells whether messages can be stored. VIGIE_LOG does not hide its one line per request.
    """
    import logging

    from pipeline.sources.inbox import desk, server

    accounts = _inboxes(ctx)
    logging.getLogger(server.__name__).setLevel(logging.INFO)
    counter = desk.Desk(accounts, window=window)
    try:
        counter.try_out()
        inbox = server.Inbox((host, port), counter, server.Patience(largest, seconds, connections))
    except OSError as error:
        raise failure.Refused(f"cannot listen at {host}:{port}, or store below [paths] state: {error}") from None
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: threading.Thread(target=inbox.shutdown).start())
    # In its own line, for a script that waits for it.
    typer.echo(f"{inbox.url}/inbox")
    inbox.serve_forever(0.1)
    # Requests that were begun are answered first.
    inbox.server_close()


def send_test(
    ctx: typer.Context,
    site: Annotated[str, typer.Option("--site", help="One of the [[sites]] that has an inbox.")],
    url: Annotated[
        str | None, typer.Option("--url", help="Where to send it; by default the account's base and /inbox.")
    ] = None,
) -> None:
    """Send a signed message that is checked like any other and not stored."""
    import json

    import requests

    from pipeline.sources.inbox.signature import HEADER, sign

    account = next((each for each in _inboxes(ctx) if each.site == site), None)
    if account is None or "secret" not in account.secrets:
        raise failure.Refused(f"no [[sources.inbox]] of {site!r} with its secret is set up")
    now = clock()
    told = {"id": f"test-{now:%Y%m%d%H%M%S}", "site": site, "action": "quote_request", "test": True}
    body = json.dumps({**told, "occurred_at": f"{now:%Y-%m-%dT%H:%M:%SZ}"}).encode()
    signature = sign(account.secrets["secret"].reveal(), body, int(now.timestamp()))
    try:
        answer = requests.post(
            url or f"{account.base}/inbox",
            data=body,
            headers={"Content-Type": "application/json", HEADER: signature},
            timeout=20,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise failure.Refused(f"nobody answers at {url or account.base}: start `vigie inbox serve` ({error})") from None
    typer.echo(f"HTTP {answer.status_code}: {show.inert(answer.text.strip())}")
    if answer.status_code != 200:
        raise typer.Exit(failure.UNEXPECTED)


def _inboxes(ctx: typer.Context) -> list[Account]:
    """The inboxes of the settings; other accounts' secrets need not be there."""
    invocation: Invocation = ctx.obj
    accounts = [each for each in invocation.project().settings.accounts if each.platform == "inbox"]
    if not accounts:
        raise failure.Refused("no [[sources.inbox]] is set up: `vigie init` shows how")
    return accounts
