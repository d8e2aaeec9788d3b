"""The command line: the same verbs as the nightly run, by hand.

``vigie --help`` loads nothing but this package: every command imports what it needs when it runs.
Results go to standard output, progress and errors to standard error, and the exit code says what
kind of thing went wrong (see ``pipeline.errors``).
"""

from __future__ import annotations

from pipeline.cli.app import app, main

__all__ = ["app", "main"]
