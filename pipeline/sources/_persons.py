"""People who write to the brand, as hashes: one can be told from another, and nobody who it is.

The hash is made before anything is landed, so names and ids of people never reach a file of ours.
"""

from __future__ import annotations

import hashlib
import hmac

from pipeline.settings import Account

# 96 bits: two of a billion people share a hash once in ten billion times.
_BYTES = 12


def person(account: Account, native: str | None) -> str | None:
    """HMAC-SHA256 of a person's id on the platform, in hex; None without an id or without ``person_key``.

    The platform is part of what is hashed: the same number on two platforms is two people.
    """
    if not native or account.person_key is None:
        return None
    key = account.person_key.reveal().encode()
    return hmac.new(key, f"{account.platform}:{native}".encode(), hashlib.sha256).digest()[:_BYTES].hex()
