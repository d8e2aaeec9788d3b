"""What networks of affiliates have in common: of a sale only what earns a commission is kept."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from pipeline.sources._answers import decode, in_front


def kept_of(sale: bytes, names: Collection[str], **ours: str) -> bytes:
    """The sale with these fields alone: what tells of the buyer is dropped at the door. ``ours`` stand in front."""
    fields = decode(msgspec.Raw(sale), dict[str, msgspec.Raw], "a sale")
    kept = {name: value for name, value in fields.items() if name in names and name not in ours}
    return in_front(msgspec.json.encode(kept), **ours) if ours else msgspec.json.encode(kept)
