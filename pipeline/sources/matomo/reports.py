"""Reading the reports of Matomo: day by day, and the errors that it sends with status 200."""

from __future__ import annotations

import re

import msgspec

from pipeline.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Session, judge_status
from pipeline.settings import Account, Secret
from pipeline.sources._answers import decode, is_object

_AWAY = re.compile(
    r"SQLSTATE|gone away|lock wait|deadlock|too many (connections|requests)|rate limit"
    r"|maintenance|being upgraded|temporarily|try again|timed? ?out",
    re.IGNORECASE,
)
# It says that it may be tried again; at another time of day, perhaps.
_TOO_MUCH = re.compile(r"query in time", re.IGNORECASE)
_UNKNOWN = re.compile(r"authenticate|token_auth|logged in", re.IGNORECASE)
_REFUSED = re.compile(r"access this resource|'(view|admin|write)' access|permission|unexpected website", re.IGNORECASE)


class _Told(msgspec.Struct):
    """The part that an error has, at the top of an answer or inside one of its days."""

    result: object = None
    message: object = None


class NoAccessError(SourceRefused):
    """Whoever the token is of may not see this."""


class NotGivenError(SourceChanged):
    """The platform says in words of its own that it does not give this."""


class NoCommerceError(NotGivenError):
    """The site is not a shop in the eyes of Matomo."""


def ask(account: Account, http: Session, method: str, **more: str) -> Answer:
    """One method of the Reporting API, by POST, so that the token is in no log of addresses."""
    form: dict[str, str | int | Secret] = {
        "module": "API",
        "method": method,
        "idSite": account.id,
        "format": "json",
        "format_metrics": 0,
        "filter_limit": -1,
        "language": "en",
        **more,
        "token_auth": account.secrets["token"],
    }
    return http.post("/index.php", form, judge=_judge)


def row(day: msgspec.Raw) -> bytes | None:
    """The one row of a day, None where nothing was recorded."""
    plain = bytes(day)
    if plain.translate(None, b" \t\r\n") in (b"[]", b"{}"):
        return None
    if not is_object(plain):
        raise SourceChanged(f"a day has a value of an unknown kind: {plain[:40]!r}")
    refuse_error(plain)
    return plain


def rows(day: msgspec.Raw) -> list[msgspec.Raw]:
    """The rows of one day of a table."""
    if is_object(day):
        refuse_error(bytes(day))
    found = decode(day, list[msgspec.Raw], "the table of a day")
    if not all(map(is_object, found)):
        raise SourceChanged("the table of a day has rows that are no objects")
    return found


def refuse_error(body: bytes) -> None:
    """Errors come with status 200; their kind is only in their words."""
    try:
        told = msgspec.json.decode(body, type=_Told)
    except msgspec.DecodeError:
        return
    if told.result == "error":
        raise _error(str(told.message))


def _judge(answer: Answer) -> None:
    try:
        refuse_error(answer.body)
    except SourceChanged as error:
        if answer.status < 500:
            raise
        raise SourceUnavailable(str(error)) from None
    judge_status(answer)


def _error(message: str) -> SourceError:
    said = f'the platform says "{message}"'
    if _TOO_MUCH.search(message):
        return NotGivenError(said)
    if _AWAY.search(message):
        return SourceUnavailable(said)
    if _UNKNOWN.search(message) or _REFUSED.search(message):
        refused = SourceRefused if _UNKNOWN.search(message) else NoAccessError
        return refused(f"check the site id, and that the token is valid and may view the site: {said}")
    if re.search(r"e-?commerce", message, re.IGNORECASE):
        return NoCommerceError(said)
    return NotGivenError(said)
