"""What a rule found: one thing that is wrong, or that people want to know, in words for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """``key`` stays the same from night to night while the trouble lasts; it never holds a text of others.

    ``what`` happened and its ``detail``, what it ``touches`` and by how much, the likely ``cause``, the command that
    looks further; all in the reader's language, inert. ``severity`` and ``owner`` overrule the rule's own.
    """

    key: str
    rule: str
    what: str
    look: str
    detail: str | None = None
    touches: str | None = None
    cause: str | None = None
    severity: str | None = None
    owner: str | None = None

    @property
    def sentence(self) -> str:
        """What happened, with its detail."""
        return f"{self.what}: {self.detail}" if self.detail else self.what


@dataclass
class Noticed:
    """The findings of one look, and the rules that could be looked at: only what these leave out is over."""

    findings: list[Finding] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)
