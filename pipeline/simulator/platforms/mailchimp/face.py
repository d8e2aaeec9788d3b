"""The face of the newsletter: an audience, its members by their last change, the reports of its letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from pipeline.simulator.distortions import string_numbers
from pipeline.simulator.face import Face
from pipeline.simulator.platforms.mailchimp.account import KEY
from pipeline.simulator.platforms.mailchimp.problems import DISTORTIONS, REFUSALS, key_invalid, not_found, problem
from pipeline.simulator.rest import basic_credentials, picked
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.mailchimp import LIST, Letter, Member, newsletter

PREFIX: Final = "/mailchimp"
_PAGING: Final = frozenset({"fields", "exclude_fields", "count", "offset", "sort_field", "sort_dir"})
_PARAMETERS: Final[Mapping[str, frozenset[str]]] = {
    "audience": frozenset({"fields", "exclude_fields"}),
    "members": _PAGING | {"since_last_changed", "before_last_changed", "status"},
    "reports": _PAGING | {"since_send_time", "before_send_time", "type"},
}
_SORTED: Final[Mapping[str, Callable[[Member], Any]]] = {
    "last_changed": lambda member: member.changed,
    "timestamp_signup": lambda member: member.signed_up or datetime.min.replace(tzinfo=UTC),
    "timestamp_opt": lambda member: member.confirmed or datetime.min.replace(tzinfo=UTC),
}


def _endpoint(path: str) -> str | None:
    parts = path.removeprefix(PREFIX).strip("/").split("/")
    known = {("3.0", "lists", LIST): "audience", ("3.0", "lists", LIST, "members"): "members"}
    return {**known, ("3.0", "reports"): "reports"}.get(tuple(parts))


def account_of(request: Request) -> str | None:
    """A key sees one account, whose only audience it is."""
    return LIST if request.path.startswith(f"{PREFIX}/3.0/") else None


def answer(request: Request, world: World, night: date) -> Reply:
    """The account as of that night."""
    given = basic_credentials(request)
    if given is None or given[1] != KEY:
        return key_invalid()
    endpoint = _endpoint(request.path)
    if endpoint is None:
        return not_found()
    if request.method != "GET":
        return problem("Method Not Allowed", "The requested method and resource are not compatible.", 405)
    if strange := sorted(set(request.params) - _PARAMETERS[endpoint]):
        return problem("Invalid Resource", f"The parameter {strange[0]} is not known.", 400)
    known = newsletter(world.seed, world.calendar)
    try:
        if endpoint == "audience":
            told = _audience(known.level, night)
        elif endpoint == "members":
            told = _listed(
                request, "members", [_member(member) for member in _asked_for(request, known.standing(night))]
            )
        else:
            since = _moment(request, "since_send_time")
            sent = [letter for letter in known.letters(night) if since is None or letter.sent > since]
            told = _listed(request, "reports", [_report(letter) for letter in sent])
    except (ValueError, KeyError) as wrong:
        return problem("Bad Request", f"A parameter is not valid: {wrong}", 400)
    return Reply(_with_fields(told, request))


def _asked_for(request: Request, members: Sequence[Member]) -> list[Member]:
    since, before = _moment(request, "since_last_changed"), _moment(request, "before_last_changed")
    status = request.params.get("status")
    found = [
        member
        for member in members
        if (since is None or member.changed > since)
        and (before is None or member.changed <= before)
        and status in (None, member.status)
    ]
    order = _SORTED[request.params.get("sort_field", "last_changed")]
    direction = {"ASC": False, "DESC": True}[request.params.get("sort_dir", "ASC")]
    return sorted(found, key=order, reverse=direction)


def _moment(request: Request, name: str) -> datetime | None:
    text = request.params.get(name)
    found = datetime.fromisoformat(text) if text else None
    if found is not None and found.tzinfo is None:
        raise ValueError(name)
    return found


def _listed(request: Request, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    count, offset = int(request.params.get("count", 10)), int(request.params.get("offset", 0))
    if count < 0 or offset < 0:
        raise ValueError("count and offset")
    page = rows[offset : offset + min(count, 1000)]
    return {name: page, "total_items": len(rows), "_links": [{"rel": "self", "method": "GET"}]}


def _with_fields(told: dict[str, Any], request: Request) -> dict[str, Any]:
    """``fields`` reaches into the rows of a list: ``members.id`` is that of each of them."""
    fields = request.params.get("fields")
    name = next((each for each in ("members", "reports") if each in told), None)
    if not fields or name is None:
        return picked(told, fields)
    wanted = fields.split(",")
    inner = ",".join(field.partition(".")[2] for field in wanted if field.startswith(f"{name}."))
    shown: dict[str, Any] = picked(told, ",".join(field for field in wanted if "." not in field) or "-")
    return {**shown, name: [picked(row, inner) for row in told[name]]} if inner else shown


def _written(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00") if at else ""


def _audience(level: Callable[[date, str], int], night: date) -> dict[str, Any]:
    return {
        "id": LIST,
        "web_id": 51000,
        "name": "Letter of the ateliers",
        "contact": {"company": "Atelier Marin", "address1": "Someone's quay 1", "city": "Saint-Malo"},
        "campaign_defaults": {"from_name": "Someone 1", "from_email": "someone1@example.org"},
        "double_optin": True,
        "stats": {
            "member_count": level(night, "subscribed"),
            "unsubscribe_count": level(night, "unsubscribed"),
            "cleaned_count": level(night, "cleaned"),
            "campaign_last_sent": "",
            "open_rate": 61.3,
        },
    }


def _member(member: Member) -> dict[str, Any]:
    """A contact with everything that the platform tells of it."""
    return {
        "id": member.id,
        "email_address": member.address,
        "unique_email_id": member.id[:10],
        "full_name": f"Someone {member.address[7:11]}",
        "email_type": "html",
        "status": member.status,
        "merge_fields": {"FNAME": "Someone", "LNAME": member.address[7:11]},
        "stats": {"avg_open_rate": 0.61, "avg_click_rate": 0.04},
        "ip_signup": "192.0.2.44",
        "timestamp_signup": _written(member.signed_up),
        "ip_opt": "192.0.2.44",
        "timestamp_opt": _written(member.confirmed),
        "member_rating": 2,
        "last_changed": _written(member.changed),
        "language": "fr",
        "location": {"latitude": 48.65, "longitude": -2.02, "country_code": "FR"},
        "source": member.source,
        "list_id": LIST,
    }


def _report(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "campaign_title": "Letter for Someone",
        "type": "regular",
        "list_id": LIST,
        "subject_line": "For your birthday, Someone",
        "send_time": _written(letter.sent),
        "emails_sent": letter.emails,
        "abuse_reports": 0,
        "unsubscribed": letter.left,
        "bounces": {"hard_bounces": 1, "soft_bounces": 2, "syntax_errors": 0},
        "forwards": {"forwards_count": 0, "forwards_opens": 0},
        "opens": {"opens_total": letter.opens * 2, "unique_opens": letter.opens, "open_rate": 0.6, "last_open": ""},
        "clicks": {"clicks_total": letter.clicks, "unique_clicks": letter.clicks, "last_click": ""},
        "ecommerce": {"total_orders": 0, "total_spent": 0, "total_revenue": 0, "currency_code": "EUR"},
    }


FACE: Final = Face(
    name="mailchimp",
    platform="mailchimp",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions={**DISTORTIONS, "string_numbers": string_numbers()},
)
