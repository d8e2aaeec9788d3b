"""The face of Matomo 5: the Reporting API, by POST, with errors that come as HTTP 200."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import parse_qsl

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.matomo.account import TOKEN
from pipeline.simulator.platforms.matomo.dimensions import dimension
from pipeline.simulator.platforms.matomo.faults import DISTORTIONS, REFUSALS, UNAUTHENTICATED, error
from pipeline.simulator.platforms.matomo.reports import PLAIN, REPORTS, View
from pipeline.simulator.platforms.matomo.visits import METHOD, visits
from pipeline.simulator.wire import Reply, Request, page
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import days

PREFIX = "/matomo"
PARAMETERS = frozenset(
    {"module", "method", "idSite", "period", "date", "format", "format_metrics", "filter_limit", "filter_offset"}
    | {"language", "token_auth", "idGoal", "idDimension", "flat", "expanded", "showColumns", "hideColumns", "segment"}
    | {"minTimestamp", "filter_sort_order"}
)
OF_A_DAY = {**REPORTS, METHOD: visits, "CustomDimensions.getCustomDimension": dimension}
MOST_BULK = 20


def account_of(request: Request) -> str | None:
    return request.form.get("idSite") or request.params.get("idSite")


def answer(request: Request, world: World, night: date) -> Reply:
    """What the analytics server answers as of that night."""
    if request.path.removeprefix(PREFIX) not in {"", "/", "/index.php"}:
        return page("<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>", 404)
    # A form counts in a POST alone.
    form = request.form if request.method == "POST" else {}
    params = {**request.params, **form}
    if params.get("module") != "API":
        return page("<!DOCTYPE html><html><head><title>Sign in - Matomo</title></head></html>", 401)
    if params.get("format", "xml").lower() != "json":
        return error("Renderer format not valid. Try any of the following instead: json.")
    # A token in an address ends up in logs: the server does not look at it there.
    if form.get("token_auth") != TOKEN:
        given = "token_auth" in params
        return error(UNAUTHENTICATED if given else _no_view(params.get("idSite", "")))
    if params.get("method") == "API.getBulkRequest":
        return Reply([_called({**one, "format": "json"}, world, night) for one in _bulk(params)])
    return Reply(_called(params, world, night))


def _bulk(params: Mapping[str, str]) -> list[dict[str, str]]:
    """The calls of a bulk request, in the order of their numbers."""
    numbered = [(int(n[5:-1]), text) for n, text in params.items() if re.fullmatch(r"urls\[\d{1,3}\]", n)]
    return [dict(parse_qsl(text)) for _, text in sorted(numbered)[:MOST_BULK]]


def _no_view(site: str) -> str:
    return f"You can't access this resource as it requires 'view' access for the website id = {site}."


def _called(params: Mapping[str, str], world: World, night: date) -> object:
    """The document of one method; errors are documents too."""
    try:
        return _report(params, world, night)
    except ValueError as reason:
        return error(str(reason)).document


def _report(params: Mapping[str, str], world: World, night: date) -> object:
    method = params.get("method", "")
    if method not in {*PLAIN, *OF_A_DAY}:
        plugin, _, name = method.partition(".")
        raise ValueError(f"The method '{name}' does not exist or is not available in the module '{plugin}'.")
    strange = sorted(name for name in params if name not in PARAMETERS and not name.startswith("urls["))
    if strange:
        raise ValueError(f"The parameter '{strange[0]}' is not known.")
    if method in PLAIN:
        return PLAIN[method](world)
    if params.get("idSite") != world.matomo.account:
        raise ValueError(_no_view(params.get("idSite", "")))
    if "segment" in params:
        raise ValueError("The segment condition is not valid.")
    if params.get("period") != "day":
        raise ValueError(
            f"The period '{params.get('period', '')}' is not supported. Try any of the following instead: day"
        )
    view = View(world, night, params)
    wanted, single = _days(params.get("date", ""), night)
    if method == METHOD and not single:
        raise ValueError(f"The method {METHOD} is asked for one day, week, month, year or range at a time.")
    answers = {day.isoformat(): OF_A_DAY[method](view, day) for day in wanted}
    return next(iter(answers.values())) if single else answers


def _days(text: str, night: date) -> tuple[list[date], bool]:
    """The days that ``date`` means, and whether it is one alone. The server's today is after the night."""
    today = night + timedelta(days=1)
    last = re.fullmatch(r"(last|previous)([1-9]\d{0,2})", text)
    if last:
        end = today if last[1] == "last" else night
        return list(days(end - timedelta(days=int(last[2]) - 1), end)), False
    words = {"today": today, "yesterday": night}
    try:
        ends = [words.get(part) or date.fromisoformat(part) for part in text.split(",")]
    except ValueError:
        ends = []
    if len(ends) not in {1, 2} or ends[0] > ends[-1]:
        raise ValueError(
            "Date format must be: YYYY-MM-DD, or 'today' or 'yesterday' or any keyword supported by the strtotime"
            f" function (see http://php.net/strtotime for more information): {text}"
        )
    return list(days(ends[0], ends[-1])), len(ends) == 1


FACE = Face(
    name="matomo",
    platform="matomo",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
)
