"""What ends when: tokens, versions of APIs, metrics. Told 30, 7 and 1 days before, so that no night is lost to it.

A refresh token's end is what the platform told when it granted it, else what a person wrote into the settings
(``token_expires``). Access tokens that renew themselves end every day and are nobody's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from pipeline import registry, warehouse
from pipeline.errors import ConfigError
from pipeline.http import known_expiry
from pipeline.registry import Native
from pipeline.settings import Account, Settings
from pipeline.steps.project import resource_folder
from pipeline.streams import Source

# On the first night that is at most so many days before the end, a note is written.
WARNED_DAYS = (30, 7, 1)
NOTE_KIND = "expires_soon"
_STEP = "expiries"

Kind = Literal["token", "refresh_token", "version", "metric"]

_WHAT: Mapping[Kind, tuple[str, str]] = {
    "token": ("the token", "le jeton"),
    "refresh_token": ("the refresh token", "le jeton de renouvellement"),
    "version": ("version {name} of the API", "la version {name} de l’API"),
    "metric": ("the metric {name}", "la métrique {name}"),
}
_ADVICE: Mapping[Kind, tuple[str, str]] = {
    "token": (
        "make a new token, put it where the settings point, and its last day into token_expires",
        "créez un nouveau jeton, mettez-le là où pointent les réglages, et son dernier jour dans token_expires",
    ),
    "refresh_token": (
        "connect the account again, as its owner, before that day",
        "reconnectez le compte, en tant que propriétaire, avant ce jour",
    ),
    "version": (
        "name a newer version in the settings, or install a newer Vigie",
        "indiquez une version plus récente dans les réglages, ou installez un Vigie plus récent",
    ),
    "metric": ("no successor is announced", "aucun successeur n’est annoncé"),
}
_REPLACED = ("replaced by {names}", "remplacée par {names}")


@dataclass(frozen=True)
class Expiry:
    """Something that ends on the day ``when``. ``account`` is None where it concerns all of a platform."""

    kind: Kind
    platform: str
    account: str | None
    when: date
    name: str = ""
    replaced_by: tuple[str, ...] = ()

    @property
    def whose(self) -> str:
        return f"{self.platform}/{self.account}" if self.account else self.platform

    def what(self, language: str = "en") -> str:
        return _in(language, _WHAT[self.kind]).format(name=self.name)

    def advice(self, language: str = "en") -> str:
        if self.replaced_by:
            return _in(language, _REPLACED).format(names=", ".join(self.replaced_by))
        return _in(language, _ADVICE[self.kind])

    def days_left(self, today: date) -> int:
        """Negative when it is over."""
        return (self.when - today).days

    def warning(self, today: date) -> int | None:
        """The warning that holds today: 30, 7 or 1; None when it is too early, or over."""
        left = self.days_left(today)
        return min((days for days in WARNED_DAYS if left <= days), default=None) if left >= 0 else None


def expiries(settings: Settings, sources: Mapping[str, Source], today: date) -> list[Expiry]:
    """All that is known to end for the accounts of the settings, soonest first; metrics that are gone are left out."""
    found = [one for account in settings.accounts for one in _of_account(settings, account, sources[account.platform])]
    platforms = {account.platform for account in settings.accounts}
    known = registry.read(resource_folder("sql") / "metrics.yml")
    natives = [metric.native for metric in known.metrics.values()]
    found += metric_ends(natives, platforms, today)
    return sorted(found, key=lambda one: (one.when, one.whose, one.kind, one.name))


def _of_account(settings: Settings, account: Account, source: Source) -> Iterator[Expiry]:
    told = next((expiry.at for expiry in known_expiry(account) if expiry.name == "refresh token"), None)
    if told is not None:
        yield Expiry("refresh_token", account.platform, account.id, told.astimezone(settings.zone).date())
    elif account.token_expires is not None:
        yield Expiry("token", account.platform, account.id, account.token_expires)
    ends = _version_ends(account, source)
    if ends is not None:
        yield Expiry("version", account.platform, account.id, ends[1], ends[0])


def _version_ends(account: Account, source: Source) -> tuple[str, date] | None:
    """Only sources whose versions end say so. A version that is none is told where the account is asked."""
    ends: Callable[[Account], tuple[str, date] | None] | None = getattr(source, "version_ends", None)
    try:
        return ends(account) if ends else None
    except ConfigError:
        return None


def metric_ends(natives: list[tuple[Native, ...]], platforms: set[str], today: date) -> list[Expiry]:
    """Native metrics of the platforms that are announced to end today or later, and what comes after them.

    ``natives`` has one group for each metric: what its platforms call it.
    """
    ends: dict[tuple[str, str, date], dict[str, None]] = {}
    for group in natives:
        for native in group:
            if native.platform in platforms and native.valid_to is not None and native.valid_to >= today:
                after = [other.name for other in group if _outlives(other, native)]
                ends.setdefault((native.platform, native.name, native.valid_to), {}).update(dict.fromkeys(after))
    return [
        Expiry("metric", platform, None, when, name, tuple(after)) for (platform, name, when), after in ends.items()
    ]


def _outlives(other: Native, ended: Native) -> bool:
    return other.platform == ended.platform and (
        other.valid_to is None or (ended.valid_to is not None and other.valid_to > ended.valid_to)
    )


def record_expiries(con: Any, found: list[Expiry], night: date) -> None:
    """Notes of the night for what is due, each once for each of its warnings; a night that is rerun tells the same."""
    # People read it on the morning after.
    today = night + timedelta(days=1)
    earlier = warehouse.notes_before(con, night, _STEP)
    notes = []
    for one in found:
        warning, begins = one.warning(today), _begins(one)
        told = [
            one.warning(then + timedelta(days=1)) or 0
            for then, platform, account, message in earlier
            if (platform, account) == (one.platform, one.account) and message.startswith(begins)
        ]
        if warning is not None and all(past > warning for past in told):
            text = f"{begins}, {countdown(one.days_left(today))}: {one.advice()}"
            notes.append((NOTE_KIND, one.platform, one.account, text))
    warehouse.record_notes(con, night, _STEP, notes)


def _begins(one: Expiry) -> str:
    return f"{one.what()} ends on {one.when}"


def countdown(left: int, language: str = "en") -> str:
    """How far away a day is: in 12 days, tomorrow, today, 3 days ago."""
    if left < 0:
        days = "day" if left == -1 else "days"
        return _in(language, (f"{-left} {days} ago", f"il y a {-left} {'jour' if left == -1 else 'jours'}"))
    near = {0: ("today", "aujourd’hui"), 1: ("tomorrow", "demain")}
    return _in(language, near.get(left, (f"in {left} days", f"dans {left} jours")))


def _in(language: str, words: tuple[str, str]) -> str:
    return words[language == "fr"]
