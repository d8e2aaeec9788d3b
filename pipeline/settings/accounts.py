"""The ``[[sources.<platform>]]`` tables: one account each, checked against what its source declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from pipeline.settings.declared import Declared
from pipeline.settings.findings import dotted, shown
from pipeline.settings.references import References, UnresolvedReferenceError, UnusableReferenceError
from pipeline.settings.rules import zone
from pipeline.settings.shape import Account, Site
from pipeline.settings.table import Table, near
from pipeline.settings.values import Secret

if TYPE_CHECKING:
    from pipeline.settings.declared import Imported

# A site, a shop or an inbox is measured for one of [[sites]]; a network may stand alone.
_OF_A_SITE = ("site", "shop", "inbox")


@dataclass(frozen=True)
class Surroundings:
    """What an account may refer to, and what it inherits."""

    sites: Sequence[Site]
    brand_zone: str
    references: References
    state: Path
    person_key: Secret | None

    def zone_of(self, site: str | None) -> str:
        return next((known.time_zone for known in self.sites if known.name == site), self.brand_zone)

    def site_complaint(self, name: str) -> str | None:
        names = [known.name for known in self.sites]
        return None if name in names else f"{shown(name)} is not one of the [[sites]]" + near(name, names)


def accounts(sources: Table, known: Mapping[str, Declared], around: Surroundings) -> tuple[Account, ...]:
    """Every account of the ``[sources]`` table, in the order of the file."""
    found = [
        (table, _account(table, platform, known[platform], around))
        for platform in sources.values
        if platform in known and known[platform].ORIGIN == "api"
        for table in sources.tables(platform)
    ]
    asked = sorted(name for name, source in known.items() if source.ORIGIN == "api")
    for platform in sources.values:
        if platform not in known:
            sources.fault(platform, f"unknown platform (known: {', '.join(asked)})")
        elif platform not in asked:
            command = cast("Imported", known[platform]).IMPORT
            sources.fault(platform, f"has no account to ask every night, only files: import them with `{command}`")
    if not sources.values:
        sources.findings.add(sources.path, "no account is configured: add a [[sources.<platform>]] table")
    _refuse_doubles(found)
    return tuple(account for _, account in found)


def _account(table: Table, platform: str, source: Declared, around: Surroundings) -> Account:
    account = table.text("id")
    site = table.optional_text("site", around.site_complaint)
    if source.KIND in _OF_A_SITE and not table.has("site"):
        table.fault("site", f"is missing: {platform} measures one of the [[sites]]")
    base = table.optional_text("base", base_complaint) or source.BASE
    if not base and not table.has("base"):
        table.fault("base", "is missing: the address under which the platform answers")
    secrets = dict(_secrets(table, source, around.references))
    options = dict(_options(table, source))
    # A network counts its days in its own zone whatever is set; its people live where the brand does.
    own_zone = None if source.KIND == "network" else source.TIME_ZONE
    _fill_login(table, source, secrets, options, around.references)
    found = Account(
        platform=platform,
        id=account,
        name=table.optional_text("name") or account,
        base=base.rstrip("/"),
        time_zone=table.optional_text("time_zone", zone) or own_zone or around.zone_of(site),
        site=site,
        receives_visits=table.flag("receives_visits", default=False),
        continues=table.text_or_texts("continues"),
        state=around.state,
        person_key=around.person_key,
        token_expires=table.day("token_expires"),
        secrets=secrets,
        options=options,
    )
    table.done()
    return found


def _secrets(table: Table, source: Declared, references: References) -> Iterator[tuple[str, Secret]]:
    for name in (*source.CREDENTIALS, *source.OPTIONAL_CREDENTIALS):
        secret = read_secret(table, name, references)
        if secret is not None:
            yield name, secret
        elif name in source.CREDENTIALS and not table.has(name):
            table.fault(name, 'is missing: a reference to the secret, like "env:NAME"')


def read_secret(table: Table, key: str, references: References) -> Secret | None:
    """The secret that ``key`` refers to; None when the key is absent or does not resolve."""
    reference = table.reference(key)
    if reference is None:
        return None
    try:
        return references.secret(reference)
    except UnusableReferenceError as fault:
        if references.required or not isinstance(fault, UnresolvedReferenceError):
            table.fault(key, str(fault))
        return None


def _options(table: Table, source: Declared) -> Iterator[tuple[str, object]]:
    """Every option of the source: the value in the file, else the default that the source declares."""
    for name, default in source.OPTIONS.items():
        yield name, _option(table, name, default)


def _option(table: Table, name: str, default: object) -> object:
    value: object
    if isinstance(default, bool):
        return table.flag(name, default)
    if isinstance(default, int):
        return table.integer(name, default, 0, 2**53)
    if isinstance(default, (float, Decimal)):
        value = table.money(name)
        return default if value is None else type(default)(value)
    if isinstance(default, (list, tuple, set, frozenset)):
        value = table.texts(name)
        return tuple(value) if table.has(name) else tuple(default)
    value = table.optional_text(name)
    return default if value is None else value


def _fill_login(
    table: Table,
    source: Declared,
    secrets: dict[str, Secret],
    options: dict[str, object],
    references: References,
) -> None:
    """A password that comes from an Airflow connection brings its login along as the user."""
    if "user" not in (*source.OPTIONS, *source.CREDENTIALS, *source.OPTIONAL_CREDENTIALS) or table.has("user"):
        return
    password = secrets.get("password")
    login = references.login(password.reference) if password else None
    if password and login and "user" in source.OPTIONS:
        options["user"] = login
    elif password and login:
        secrets["user"] = Secret(f"{password.reference}#login", login)


def base_complaint(address: str) -> str | None:
    """What is wrong with the address of a platform."""
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        named = False
    if not named or parts.scheme not in ("http", "https") or any(sign in address for sign in " \\"):
        return 'must be an address like "https://shop.example.org"'
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return "must not hold a user or password (not shown here)"
    if parts.query or parts.fragment:
        return "must end with the path, without ? or #"
    if parts.scheme == "http" and not _this_machine(parts.hostname or ""):
        return "must begin with https://: plain http shows the token on the way"
    return None


def _this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_doubles(found: Sequence[tuple[Table, Account]]) -> None:
    """One account is configured once, and at most one account of a platform receives its visits."""
    seen: dict[tuple[str, str], str] = {}
    continued: dict[tuple[str, str], str] = {}
    visited: dict[str, str] = {}
    for table, account in found:
        here = dotted(table.path)
        first = seen.setdefault((account.platform, account.id), here)
        if account.id and first != here:
            table.fault("id", f"the same account as {first}")
        if account.receives_visits and visited.setdefault(account.platform, here) != here:
            table.fault("receives_visits", f"is already true for {visited[account.platform]}")
        for old in account.continues:
            if continued.setdefault((account.platform, old), here) != here:
                table.fault("continues", f"{old!r} is continued by {continued[account.platform, old]} already")
    for table, account in found:
        for old in account.continues:
            if asked := seen.get((account.platform, old)):
                table.fault("continues", f"{old!r} is asked every night itself, by {asked}: take one of the two out")
