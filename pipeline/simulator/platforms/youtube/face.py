"""The faces of YouTube: its two APIs, and the endpoint where their tokens come from."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.youtube import analytics, data, faults, tokens
from pipeline.simulator.platforms.youtube.allowance import ALLOWANCE
from pipeline.simulator.platforms.youtube.errors import owner_of

FACES: Final = (
    Face(
        name="youtube",
        platform="youtube",
        prefix=data.PREFIX,
        account=owner_of,
        answer=data.answer,
        refusals=faults.DATA_REFUSALS,
        distortions=faults.DATA_DISTORTIONS,
        allowance=ALLOWANCE,
    ),
    Face(
        name="youtube-analytics",
        platform="youtube",
        prefix=analytics.PREFIX,
        account=owner_of,
        answer=analytics.answer,
        refusals=faults.REPORT_REFUSALS,
        distortions=faults.REPORT_DISTORTIONS,
    ),
    Face(
        name="youtube-oauth",
        platform="youtube",
        prefix=tokens.PREFIX,
        account=lambda _: None,
        answer=tokens.answer,
        refusals=faults.TOKEN_REFUSALS,
        distortions=faults.TOKEN_DISTORTIONS,
    ),
)
