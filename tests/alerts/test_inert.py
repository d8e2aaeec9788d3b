"""Markup in the texts of others is dead on every channel: looked at on what goes over the wire."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts import Finding, inert
from tests.alerts.receivers import Everywhere, Inbox, Postbox
from tests.alerts.telling import Brand, channel

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!channel>",
    "<!here|all>",
    "<@U012345>",
    "<http://evil.example|the report>",
    "@everyone @here @channel",
    "[the report](http://evil.example/x)",
    "![](https://evil.example/pixel.png)",
    "*bold* _italic_ __under__ ~~gone~~ ||hidden||",
    "`code` ```block```",
    "# heading",
    "> quoted",
    "&lt;b&gt;",
    "<a href='tg://user?id=1'>me</a>",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:a@example.org",
    "<users/all>",
    "<at>everyone</at>",
    "\\u003cscript\\u003e :smile: :skull:",
    "line\r\nBcc: x@example.org",
    "\x1b[31mred\u202etxt\u200b",
    "https://evil.example/login",
)
WEBHOOKS = {
    "slack": "slack://T00000000/B00000000/abcdefghijklmnopqrstuvwx",
    "discord": "discord://123456789012345678/abcdefghijklmnopqrstuvwxyz0123456789",
    "telegram": "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12315544",
    "teams": "workflows://prod-01.westeurope.logic.azure.com:443/0123456789abcdef/signature0123",
    "google": "gchat://workspace/webhookkey/webhooktoken",
    "mattermost": "mmosts://chat.example.org/abcdefghijklmnopqrstuvwxyz",
    "matrix": "matrixs://token@chat.example.org/%23room?mode=slack",
    "ntfy": "ntfys://chat.example.org/topic",
}
FINDINGS = [
    Finding(f"hostile {n}", "anomaly", inert(text), "vigie status", detail=inert(f"it said {text}"))
    for n, text in enumerate(HOSTILE)
]


class Nodes(HTMLParser):
    """Tags of a text, as a mail program or Telegram would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 – the parser's
        self.tags.append(tag)


def live(text: str) -> list[str]:
    """What any dialect of Markdown, Slack or HTML would obey in a text."""
    patterns = (
        r"<[!@#a-zA-Z/][^>]*>", r"@(everyone|here|channel|all)\b", r"\[[^\]]*\]\([^)]*\)", r"(?<!\w)[*_~|`]{1,3}\S",
        r"(?i)\b(javascript|data|mailto|tg):", r"https?://evil", r"^#+ ", r"^> ", r":[a-z]+:",
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\u200b\u202e]",
    )  # fmt: skip
    return [found[0] for pattern in patterns for found in re.finditer(pattern, text, re.MULTILINE)]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_seen_to_be_live_and_made_inert(text: str) -> None:
    assert live(text) or "\r" in text or "&" in text
    dead = inert(text)
    assert live(dead) == []
    assert "\n" not in dead
    assert "\r" not in dead
    assert inert(dead) == dead


@given(st.text(max_size=400))
def test_whatever_the_text_nothing_in_it_is_live(text: str) -> None:
    dead = inert(text)
    assert not set(dead) & set("<>[]*`~|@#&\\\r\n\x00\u202e")
    assert len(dead) <= 300
    assert inert(dead) == dead


def strings(value: Any) -> list[str]:
    """Every text in a payload, as deep as it lies."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


def sent(name: str, findings: Sequence[Finding], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that a chat was sent about the findings, at its own address."""
    folder.mkdir()
    chats = Everywhere(folder)
    chats.inbox.answer = b"ok" if name == "slack" else chats.inbox.answer
    with chats.open() as environment:
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        done = Brand(folder / "state", (channel("chat", WEBHOOKS[name]),)).night(0, *findings)
    assert [one.error for one in done] == [None]
    return [text for request in chats.requests for text in strings(json.loads(request.body))]


@pytest.mark.parametrize("name", WEBHOOKS)
def test_hostile_texts_are_as_dead_as_harmless_ones_on_every_chat(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Apprise itself adds, a bold title or an escape, is there with harmless words, too."""
    harmless = [replace(one, what="harmless", detail="it said harmless") for one in FINDINGS]
    seen = [sent(name, findings, tmp_path / kind, monkeypatch) for kind, findings in
            (("hostile", FINDINGS), ("harmless", harmless))]  # fmt: skip
    texts = ["\n".join(texts) for texts in seen]
    assert "alert(1)" in texts[0].replace("\\", "")
    # First letters differ, numbers of signs do not.
    assert Counter(found[:1] for found in live(texts[0])) == Counter(found[:1] for found in live(texts[1]))
    assert Nodes(texts[0]).tags == Nodes(texts[1]).tags


def test_a_webhook_and_a_mail_are_sent_nothing_live(tmp_path: Path) -> None:
    hook, box = Inbox(), Postbox()
    with hook.open() as url, box.open() as port:
        mail = f"mailto://127.0.0.1:{port}?from=v@example.org&to=a@example.org"
        Brand(tmp_path, (channel("chat", url), channel("mail", mail), channel("html", f"{mail}&format=html"))).night(
            0, *FINDINGS
        )
    for text in strings(hook.requests[0].content):
        assert live(text) == []
    plain, html = sorted(box.messages, key=lambda message: message.is_multipart())
    assert plain.get_content_type() == "text/plain"
    assert live(plain.get_content()) == []
    for message in (plain, html):
        assert message["Bcc"] is None
        assert "\n" not in str(message["Subject"])
    part = html.get_body(("html",))
    assert part is not None
    # Of Apprise's own making are only line breaks.
    assert set(Nodes(part.get_content()).tags) <= {"html", "head", "body", "br", "p", "meta", "title"}
