"""The two faces of Instagram: the Graph API v26.0 as Facebook's login and as Instagram's own login see it."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import partial

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.facebook.errors import GraphError, error, invalid, missing
from pipeline.simulator.platforms.facebook.fields import Field
from pipeline.simulator.platforms.instagram import faults
from pipeline.simulator.platforms.instagram.account import LIFE_DAYS, RENEWED
from pipeline.simulator.platforms.instagram.allowance import allowance
from pipeline.simulator.platforms.instagram.asking import (
    authorised,
    edge,
    fields_of,
    known,
    made_on,
    metrics_of,
    moment,
    no_field,
    token_of,
)
from pipeline.simulator.platforms.instagram.insights import answered
from pipeline.simulator.platforms.instagram.media import DEFAULT_COMMENT, EVERY, Writer
from pipeline.simulator.wire import Pairs, Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.networks.instagram import MANNERS, NAMES, OTHER, Instagram, owner_of

VERSIONS = frozenset(f"v{n}.0" for n in range(22, 27))
PREFIXES = {"facebook": "/instagram", "instagram": "/instagram_login"}
PATH = re.compile(r"/instagram(?:_login)?/(?:(?P<version>v\d+\.\d+)/?)?(?P<node>[^/]+)?(?:/(?P<edge>[a-z_]+))?/?")
MOST_IDS = 50
DEFAULT_PROFILE = "id"


def account_of(request: Request) -> str | None:
    """The account whose data is asked for."""
    found = PATH.fullmatch(request.path)
    node = (found["node"] if found else None) or request.params.get("ids", "").partition(",")[0]
    return node if node in MANNERS.accounts else owner_of(node or "")


def answer(login: str, request: Request, world: World, night: date) -> Reply:
    """What the platform answers as of that night."""
    try:
        return _answer(login, request, world, night)
    except GraphError as refused:
        return refused.reply


def _answer(login: str, request: Request, world: World, night: date) -> Reply:
    found = PATH.fullmatch(request.path)
    if request.method != "GET" or found is None or (found["version"] and found["version"] not in VERSIONS):
        return error(2500, f"Unknown path components: {request.path.removeprefix(PREFIXES[login])}")
    if login == "instagram" and found.group("version", "node", "edge") == (None, "refresh_access_token", None):
        return _renewed(request, night)
    account = authorised(request, login, night)
    if "appsecret_proof" in request.params:
        return error(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
    network = world.network("instagram", Instagram)
    here = _Here(network, request, night, account, login)
    node = account if found["node"] == "me" else found["node"]
    document = here.several(found["edge"]) if node is None else here.of(node, found["edge"])
    return Reply(document, headers=usage(account, 4))


def _renewed(request: Request, night: date) -> Reply:
    """A token for 60 days. One that is not a day old is not renewed."""
    known(request, "grant_type")
    if request.params.get("grant_type") != "ig_refresh_token":
        return invalid("The parameter grant_type must be ig_refresh_token")
    authorised(request, "instagram", night)
    made = made_on(token_of(request))
    if made is not None and (night - made).days < 1:
        return invalid("The access token must be at least 24 hours old to be refreshed")
    told = {"access_token": RENEWED.format(night.isoformat()), "token_type": "bearer"}
    return Reply({**told, "expires_in": LIFE_DAYS * 86_400, "permissions": "instagram_business_basic"})


class _Here:
    """One request of one account at one night."""

    def __init__(self, network: Instagram, request: Request, night: date, account: str, login: str) -> None:
        self._network, self._request, self._night = network, request, night
        self._account, self._login = account, login
        self._writer = Writer(network, request, night)

    def several(self, edge_name: str | None) -> dict[str, object]:
        """The same fields of several objects. One that cannot be told refuses the whole call."""
        ids = [number for number in self._request.params.get("ids", "").split(",") if number]
        if edge_name is not None or not ids:
            raise GraphError(error(2500, "Unknown path components: /"))
        known(self._request, "ids", "fields")
        if len(ids) > MOST_IDS:
            raise GraphError(invalid(f"Too many IDs: {len(ids)}. The maximum is {MOST_IDS}"))
        return {number: self._object(number) for number in ids}

    def of(self, node: str, edge_name: str | None) -> object:
        if node in NAMES and node not in {self._account, OTHER}:
            needed = "instagram_basic" if self._login == "facebook" else "instagram_business_basic"
            message = f"(#10) Application does not have permission for this action: {needed}"
            raise GraphError(error(10, message, status=403))
        if node == self._account:
            return self._of_account(edge_name)
        if edge_name is None:
            known(self._request, "fields")
            return self._object(node)
        return self._edge_of(node, edge_name)

    def _of_account(self, edge_name: str | None) -> object:
        if edge_name is None:
            known(self._request, "fields")
            return self._profile(fields_of(self._request, DEFAULT_PROFILE))
        if edge_name == "insights":
            return answered(self._network, self._request, self._account, self._night)
        if edge_name not in {"media", "stories"}:
            raise GraphError(error(2500, f"Unknown path components: /{edge_name}"))
        window = ("since", "until") if edge_name == "media" else ()
        known(self._request, "fields", "limit", "after", "before", *window)
        begin, end = (moment(self._request, name) for name in ("since", "until"))
        stories = self._network.stories(self._account, self._night, begin, end)
        wanted = [story for story in stories if (story.kind == "story") == (edge_name == "stories")]
        fields = fields_of(self._request, "id")
        return edge(self._request, wanted, lambda story: self._writer.post(story, fields))

    def _object(self, number: str) -> dict[str, object]:
        story, said = self._network.post(number, self._night), self._network.comment(number, self._night)
        if owner_of(number) != self._account or (story is None and said is None):
            raise GraphError(missing(number))
        if story is not None:
            return self._writer.post(story, fields_of(self._request, "id"))
        assert said is not None  # noqa: S101 - one of the two is there
        return self._writer.comment(said.post, said, fields_of(self._request, DEFAULT_COMMENT))

    def _edge_of(self, number: str, edge_name: str) -> object:
        story, said = self._network.post(number, self._night), self._network.comment(number, self._night)
        if owner_of(number) != self._account or (story is None and said is None):
            raise GraphError(missing(number))
        if edge_name == "insights" and story is not None:
            known(self._request, "metric", "period", "breakdown")
            return {"data": self._writer.insights(story, metrics_of(self._request.params.get("metric"), EVERY))}
        known(self._request, "fields", "limit", "after", "before")
        fields = fields_of(self._request, DEFAULT_COMMENT)
        if edge_name == "comments" and story is not None:
            return self._writer.comments(story, None, fields, None)
        if edge_name == "replies" and said is not None:
            return self._writer.comments(said.post, said, fields, None)
        raise GraphError(error(2500, f"Unknown path components: /{edge_name}"))

    def _profile(self, fields: tuple[Field, ...]) -> dict[str, object]:
        shown: dict[str, object] = {}
        values = self._numbers(self._account)
        for field in fields:
            if field.name == "business_discovery" and self._login == "facebook":
                shown["business_discovery"] = self._other(field)
            elif field.name in values:
                shown[field.name] = values[field.name]
            else:
                raise no_field(field.name, "ShadowIGUser")
        return {**shown, "id": self._account}

    def _other(self, field: Field) -> dict[str, object]:
        """What anybody may know of another business, by its name."""
        name = field.modifiers.get("username", "")
        if name != OTHER:
            message = "(#110) The user with username: {} cannot be found."
            raise GraphError(error(110, message.format(name), subcode=2207013))
        values = {**self._numbers(OTHER), "id": "17841400000000777"}
        for inner in field.fields:
            if inner.name not in values:
                raise no_field(inner.name, "ShadowIGUser")
        return {**{inner.name: values[inner.name] for inner in field.fields}, "id": values["id"]}

    def _numbers(self, account: str) -> dict[str, object]:
        return {
            "id": account,
            "ig_id": int(account[5:]) if account.isdecimal() else 777,
            "username": NAMES[account],
            "name": "Atelier Marin" if account != OTHER else "Voilerie",
            "biography": "Oilskins and bags.",
            "website": "https://boutique.atelier-marin.example",
            "followers_count": self._network.level(account, self._night),
            "follows_count": 310,
            "media_count": self._network.media_count(account, self._night),
            "profile_picture_url": f"https://pictures.atelier-marin.example/{account}.jpg",
        }


def usage(account: str, percent: int, minutes: int = 0) -> Pairs:
    """The business-use-case header; the estimate is in minutes."""
    use: dict[str, object] = {"type": "instagram", "call_count": percent, "total_cputime": 1, "total_time": 1}
    use["estimated_time_to_regain_access"] = minutes
    return (("X-Business-Use-Case-Usage", json.dumps({account: [use]}, separators=(",", ":"))),)


def _face(name: str, login: str) -> Face:
    return Face(
        name=name,
        platform="instagram",
        prefix=PREFIXES[login],
        account=account_of,
        answer=partial(answer, login),
        refusals=faults.REFUSALS,
        distortions=faults.DISTORTIONS,
        allowance=allowance(account_of, usage),
    )


BY_FACEBOOK = _face("instagram", "facebook")
BY_INSTAGRAM = _face("instagram_login", "instagram")
