"""Many orders at once: the shop writes them into a file, which is counted before any of it is believed.

Documentation: https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from pipeline.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from pipeline.http import register_secret
from pipeline.sources._answers import decode, whole
from pipeline.sources.shopify import queries
from pipeline.sources.shopify.api import Api
from pipeline.sources.shopify.results import Results

# Seconds between two looks at an operation, growing: a small one is ready at once, a large one after an hour.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_NOTHING = msgspec.Raw(b"null")
_AT_WORK: Final = frozenset({"CREATED", "RUNNING", "CANCELING"})


class _Started(msgspec.Struct):
    id: str
    status: str = ""


class _UserError(msgspec.Struct):
    message: str = ""
    code: str | None = None


class _Run(msgspec.Struct, rename="camel"):
    bulk_operation: _Started | None = None
    user_errors: list[_UserError] = []


class _Ran(msgspec.Struct, rename="camel"):
    bulk_operation_run_query: _Run


class Operation(msgspec.Struct, rename="camel"):
    """A bulk operation as it stands. Its counts are texts."""

    id: str
    status: str
    error_code: str | None = None
    object_count: msgspec.Raw = _NOTHING
    root_object_count: msgspec.Raw = _NOTHING
    file_size: msgspec.Raw = _NOTHING
    url: str | None = None


class _Polled(msgspec.Struct):
    node: Operation | None = None


class _Line(msgspec.Struct):
    # What lies in a connection of another object names that object, and stands in a line of its own.
    parent: msgspec.Raw = msgspec.field(default=_NOTHING, name="__parentId")


def found(api: Api, home: str, search: str) -> Iterator[list[bytes]]:
    """The lines of all orders that the search finds, some at a time.

    SourceChanged where the file does not hold as many objects as the shop says it wrote: whoever
    believed the part that came would lose the rest for ever.
    """
    done = _finished(api, _begun(api, search))
    objects, roots = whole(done.object_count), whole(done.root_object_count)
    if objects is None or roots is None:
        raise SourceChanged("the bulk operation does not say how many objects it found")
    counted = belonging = 0
    for lines in _lines(api, home, done):
        orders = [line for line in lines if not _is_part(line)]
        counted, belonging = counted + len(orders), belonging + len(lines) - len(orders)
        yield orders
    if (counted, counted + belonging) != (roots, objects):
        raise SourceChanged(
            f"the bulk operation announced {objects} objects, {roots} of them orders; its file holds "
            f"{counted + belonging}, {counted} of them orders"
        )


def _begun(api: Api, search: str) -> str:
    ran = api.ask(queries.RUN, {"query": queries.bulk(search)}, _Ran, "the bulk operation").bulk_operation_run_query
    if ran.user_errors:
        error = ran.user_errors[0]
        if error.code == "OPERATION_IN_PROGRESS" or "in progress" in error.message:
            raise SourceUnavailable(f"another bulk operation of this app is not done yet: {error.message}")
        raise SourceChanged(f"the bulk operation was not accepted: {error.message} ({error.code})")
    if ran.bulk_operation is None:
        raise SourceChanged("the bulk operation was neither accepted nor refused")
    return ran.bulk_operation.id


def _finished(api: Api, operation: str) -> Operation:
    """The operation when it is done, however long that takes within the night's time."""
    clock, pause = api.http.clock, _FIRST_PAUSE
    while (polled := _polled(api, operation)).status in _AT_WORK:
        if pause >= clock.left():
            raise SourceUnavailable(f"the bulk operation is still {polled.status.lower()} when the time is over")
        clock.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    if polled.status != "COMPLETED":
        raise _failed(polled)
    return polled


def _polled(api: Api, operation: str) -> Operation:
    node = api.ask(queries.POLL, {"id": operation}, _Polled, "the bulk operation").node
    if node is None:
        raise SourceChanged("the shop does not know its own bulk operation")
    return node


def _failed(operation: Operation) -> SourceError:
    said = f"the bulk operation ended as {operation.status} ({operation.error_code or 'without a reason'})"
    if operation.error_code == "ACCESS_DENIED":
        return SourceRefused(f"give the app the access scope read_orders, and renew its token: {said}")
    return SourceUnavailable(said)


def _lines(api: Api, home: str, done: Operation) -> Iterator[list[bytes]]:
    """Nothing was found where there is no file."""
    size = whole(done.file_size)
    if done.url is None:
        return
    if size is None:
        raise SourceChanged("the bulk operation does not say how large its file is")

    def address() -> str:
        url = _polled(api, done.id).url
        if url is None:
            raise SourceUnavailable("the file of the bulk operation is gone")
        return _hidden(url)

    yield from Results(api.http, home, size, _hidden(done.url), address).lines()


def _hidden(url: str) -> str:
    """Whoever holds the signature can read the file."""
    register_secret(url, url.partition("?")[2])
    return url


def _is_part(line: bytes) -> bool:
    return bytes(decode(msgspec.Raw(line), _Line, "a line of the bulk operation").parent) != b"null"
