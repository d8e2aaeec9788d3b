"""Names of folders made from names that came from outside."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def folder_name(name: str) -> str:
    """The name itself where every file system takes it, else ``h-`` and 32 digits of its SHA-256.

    Two names never share a folder, and none leaves the one it is put into.
    """
    if _PLAIN.fullmatch(name) and not name.startswith((".", "h-")):
        return name
    return "h-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
