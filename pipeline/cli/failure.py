"""Errors as people read them: one message, what to do next, and the exit code."""

from __future__ import annotations

import errno
import sys
from difflib import SequenceMatcher
from pathlib import Path

from pipeline import errors
from pipeline.cli import show

UNEXPECTED = 1

# What to do next, by class of error; the nearest class of an error's ancestry counts.
ADVICE: dict[type[errors.VigieError], str] = {
    errors.ConfigError: "Change the settings, then check them with: vigie doctor",
    errors.SourceUnavailable: "The platform is away. Nothing is lost: run the same command again later.",
    errors.QuotaExhausted: "Wait until the platform gives more, then run the same command again.",
    errors.SourceRefused: "Renew the credential or the permission that is named, then check it with: vigie doctor",
    errors.TokenExpired: "Connect the account again as the message says, then check it with: vigie doctor",
    errors.SourceChanged: "The platform's answers changed: a retry does not help, its source has to follow.",
    errors.FileRefused: "Nothing of the file was stored. Export it anew, then import it again.",
    errors.LandingError: "Fetch the account's night again with: vigie fetch",
    errors.QualityError: "Nothing was published; readers keep the last good night. See: vigie status",
    errors.ModelError: "Mend the SQL file that is named, then run: vigie transform",
    errors.PublishError: "Readers keep the last publication. Mend the cause, then run: vigie publish",
    errors.WarehouseBusy: "Wait until the other command has ended, then run the same command again.",
    errors.WarehouseError: "Mend what is named, then run the same command again; see also: vigie doctor",
    errors.NightBroken: "Readers have what was complete. See: vigie status",
}

MEANINGS = {
    0: "done",
    1: "unexpected failure, or doctor found a fault",
    2: "settings or command line",
    3: "a platform did not give what was asked",
    4: "a raw file is damaged or cannot be written",
    5: "expectations failed, nothing was published",
    6: "a SQL model failed",
    7: "the publication could not be made",
    8: "another command holds the warehouse",
    9: "the night is broken: something failed or is missing",
    10: "the warehouse cannot be opened, written or trusted",
    11: "a file to import is damaged, unsafe or of another kind",
    130: "stopped by Ctrl-C (143 by a scheduler)",
}


class Refused(errors.ConfigError):
    """The command line itself asks for something that cannot be; its message says what to do."""


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises Refused rather than overwrite anything."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Refused(f"{path}: is there already and is not overwritten. Write elsewhere with --to") from None
    except OSError as error:
        raise Refused(f"{path}: cannot be written ({error.strerror}). Write elsewhere with --to") from None


def exit_code(error: BaseException) -> int | None:
    """The exit code of an error; None for what the command line library handles itself."""
    if isinstance(error, errors.VigieError):
        return error.exit_code
    library = type(error).__module__.partition(".")[0]
    return None if library in ("typer", "click") or isinstance(error, EOFError) or _pipe_closed(error) else UNEXPECTED


def tell(error: BaseException) -> None:
    """Print an error to standard error: what, then what to do next. Secrets are masked."""
    advice = None if isinstance(error, Refused) else _advice(error)
    message = str(error) or type(error).__name__
    if not isinstance(error, errors.VigieError):
        message = _of_the_system(error)
        advice = "Run the command again with --debug to see where, and report it if it should not happen."
    if advice and _says_so(message, advice):
        advice = None
    _print("error: ", message, style="bold red")
    for failed in getattr(error, "failures", ()):
        _print("  - ", failed, style="red")
    if advice:
        _print("next:  ", advice, style="bold")


def _advice(error: BaseException) -> str | None:
    return next((ADVICE[kind] for kind in type(error).__mro__ if kind in ADVICE), None)


def tell_trace(trace: str) -> None:
    _print("", trace, style="dim")


def _says_so(message: str, advice: str) -> bool:
    """Whether the message already ends with the advice, so that it is not said twice."""
    return SequenceMatcher(None, message[-len(advice) :].lower(), advice.lower()).ratio() > 0.8


def _of_the_system(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"the disk is full{f': {error.filename}' if error.filename else ''}"
    if isinstance(error, MemoryError):
        return "out of memory: lower [storage] memory_limit, or give the machine more"
    return f"{type(error).__name__}: {error}"


def _pipe_closed(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def _print(label: str, text: str, *, style: str) -> None:
    from rich.console import Console
    from rich.text import Text

    from pipeline.http.redaction import redact

    Console(file=sys.stderr, soft_wrap=True, highlight=False).print(
        Text(label, style=style) + Text(show.inert(redact(text)))
    )
