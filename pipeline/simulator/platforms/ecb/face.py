"""The face of the bank: three files of XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from pipeline.simulator.face import Again, Args, Distortion, Face, Refusal
from pipeline.simulator.refusals import html_page, maintenance, retry_after, unavailable
from pipeline.simulator.wire import Reply, Request, page
from pipeline.simulator.world import World

PREFIX = "/stats/eurofxref"
# How many days of the calendar each file goes back.
FILES: Final[Mapping[str, int]] = {
    "eurofxref-daily.xml": 0,
    "eurofxref-hist-90d.xml": 89,
    "eurofxref-hist.xml": 700,
}
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
    'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">'
    "<gesmes:subject>Reference rates</gesmes:subject>"
    "<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender><Cube>"
)
_FOOT: Final = "</Cube></gesmes:Envelope>"
_NOT_FOUND: Final = page("<!DOCTYPE html><html><head><title>404</title></head></html>", 404)


def account_of(request: Request) -> str | None:
    return "reference-rates" if request.path.startswith(PREFIX) else None


def answer(request: Request, world: World, night: date) -> Reply:
    """The file as it stands in the morning after that night: its last day is the last one with rates."""
    back = FILES.get(request.path.removeprefix(PREFIX).strip("/"))
    if back is None or request.method != "GET":
        return _NOT_FOUND
    days = world.ecb.days(night - timedelta(days=max(back, 10)), night)
    return _file([_of_day(world, day) for day in (days if back else days[:1])])


def _file(days: list[str]) -> Reply:
    return Reply(text=f"{_HEAD}{''.join(days)}{_FOOT}", content_type="text/xml")


def _of_day(world: World, day: date) -> str:
    rates = world.ecb.rates(day) or {}
    told = "".join(f'<Cube currency="{currency}" rate="{rate}"/>' for currency, rate in rates.items())
    return f'<Cube time="{day}">{told}</Cube>'


def _too_many(request: Request, args: Args) -> Reply | None:
    del request
    return page("<html><head><title>429 Too Many Requests</title></head></html>", 429, retry_after(args))


def _denied(request: Request, args: Args) -> Reply | None:
    """There is no token to expire; a firewall that takes a visitor for a robot answers like this."""
    del request, args
    return page("<html><head><title>Access Denied</title></head></html>", 403)


def _rewritten(change: Callable[[str, Args], str]) -> Distortion:
    def bend(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
        del request, again
        if reply.status != 200 or reply.text is None:
            return reply
        return replace(reply, text=change(reply.text, args))

    return bend


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _too_many,
    "expired_token": _denied,
    "unavailable": unavailable(maintenance("The website of the bank is being worked on.")),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    # Every number is a text in XML: one with a comma is what a translated file would have.
    "string_numbers": _rewritten(lambda text, _: re.sub(r'rate="(\d+)\.', r'rate="\1,', text)),
    "empty_page": _rewritten(lambda _, __: _HEAD + _FOOT),
    "without_dollar": _rewritten(lambda text, _: text.replace('currency="USD"', 'currency="XXX"')),
}
FACE = Face(
    name="ecb",
    platform="ecb",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
)
