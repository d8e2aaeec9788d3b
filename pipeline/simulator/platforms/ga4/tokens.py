"""Google's endpoint for tokens, for the app that reads the property."""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.ga4.account import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, access_token
from pipeline.simulator.platforms.youtube.faults import TOKEN_DISTORTIONS, TOKEN_REFUSALS
from pipeline.simulator.platforms.youtube.tokens import App
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World

PREFIX: Final = "/ga4-oauth"
APP: Final = App(PREFIX, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, "https://www.googleapis.com/auth/analytics.readonly")


def answer(request: Request, world: World, night: date) -> Reply:
    """A grant, or the word for what is wrong with the request."""
    del world
    return APP.grant(request, access_token(night))


TOKENS: Final = Face(
    name="ga4-oauth",
    platform="ga4",
    prefix=PREFIX,
    account=lambda _: None,
    answer=answer,
    refusals=TOKEN_REFUSALS,
    distortions=TOKEN_DISTORTIONS,
)
