"""Why a message is not taken, in the words of HTTP and of the person who set up the form."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - it is an answer, and nobody's fault here
    """``status`` is HTTP's; ``code`` a word for programs, the message a sentence for people."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.field = status, code, field

    def document(self) -> dict[str, object]:
        """What the sender is told."""
        told: dict[str, object] = {"error": self.code, "message": str(self)}
        return told if self.field is None else {**told, "field": self.field}
