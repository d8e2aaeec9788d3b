"""Faults that bend an answer, whatever the platform: each takes a JSON document and gives another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from pipeline.simulator.face import Again, Args, Distortion
from pipeline.simulator.wire import Reply, Request

Document = Any


def walked(document: Document, change: Callable[[str, Document], Document], name: str = "") -> Document:
    """The document with ``change(name, value)`` made to every value that is not a list or an object.

    ``name`` is the nearest field name, so a number in a list carries the name of the list.
    """
    if isinstance(document, Mapping):
        return {key: walked(value, change, str(key)) for key, value in document.items()}
    if isinstance(document, list):
        return [walked(value, change, name) for value in document]
    return change(name, document)


def is_count(value: Document) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def on_success(distort: Callable[[Document, Args], Document]) -> Distortion:
    """A distortion of the document alone, that leaves error answers as they are."""

    def bend(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
        del request, again
        if reply.status != 200 or reply.text is not None:
            return reply
        return replace(reply, document=distort(reply.document, args))

    return bend


def string_numbers() -> Distortion:
    """Every whole number of the answer becomes a text."""

    def bend(document: Document, args: Args) -> Document:
        del args
        return walked(document, lambda _, value: str(value) if is_count(value) else value)

    return on_success(bend)


def negative_counts(names: Collection[str]) -> Distortion:
    """The counters (fields with one of these names) become their negative."""

    def negative(name: str, value: Document) -> Document:
        return -abs(value) if is_count(value) and name in names else value

    def bend(document: Document, args: Args) -> Document:
        del args
        return walked(document, negative)

    return on_success(bend)


def restated(names: Collection[str]) -> Distortion:
    """The counters are multiplied by ``factor`` (1.1 when not given) and rounded down."""

    def bend(document: Document, args: Args) -> Document:
        factor = float(args.get("factor", 1.1))
        return walked(document, lambda name, v: int(v * factor) if is_count(v) and name in names else v)

    return on_success(bend)
