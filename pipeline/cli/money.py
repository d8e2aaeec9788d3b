"""Commands about money: what campaigns left, and where people are lost on the way to buying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipeline.cli import show
from pipeline.cli.invocation import Invocation, Json
from pipeline.cli.show import amount, percent

if TYPE_CHECKING:
    from pipeline.steps import TrialText

PANEL = "What readers see"
_WIDTH = 24
_OF_DAYS: dict[str, tuple[str, ...]] = dict.fromkeys(("campaign", "platform", "day"), ("days",)) | {"post": ()}
_KEYS = {
    "campaign": ("platform", "campaign"),
    "platform": ("platform",),
    "post": ("platform", "post_id", "published_day"),
    "day": ("day",),
}

PeriodText = Annotated[
    str,
    typer.Option(
        "--period",
        "-p",
        metavar="PERIOD",
        help="28d (days to the last night), 2026-10, 2026-W44, 2026-Q4 or DAY..DAY.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command(rich_help_panel=PANEL, epilog="Example: vigie margin --by campaign --period 28d")(margin)
    app.command(rich_help_panel=PANEL, epilog='Example: vigie experiment "autumn or networks"')(experiment)
    app.command(rich_help_panel=PANEL, epilog="Example: vigie funnel --platform facebook --period 2026-10")(funnel)


def margin(
    ctx: typer.Context,
    by: Annotated[
        Literal["campaign", "platform", "post", "day"], typer.Option("--by", help="What each row is of.")
    ] = "campaign",
    period: PeriodText = "28d",
    json: Json = False,
) -> None:
    """Show what visits brought, cost and left: revenue − acquisition cost."""
    from pipeline import steps

    invocation: Invocation = ctx.obj
    found = steps.margin(invocation.project(), by, period)
    if json:
        show.as_json(found)
        return
    keys = _KEYS[by]
    per = f"per {found.currency}"
    numbers = ("visits", "conversions", "rate", "basket", "revenue", "cost", "margin", per, *_OF_DAYS[by])
    drawn = bars([row["gross_margin"] for row in found.rows])
    rows = [(*_names(row, keys), *_margin_cells(row), bar) for row, bar in zip(found.rows, drawn, strict=True)]
    show.table(f"Margin in {found.currency}, {found.period}", (*keys, *numbers, ""), rows, right=numbers)
    if by == "post":
        show.note("posts published in the period, over their whole life; – is what nobody knows")
    elif any(row["days_with_margin"] < row["days"] for row in found.rows):
        show.note("a margin is that of the days of which revenue and cost are both known; – is what nobody knows")


def funnel(
    ctx: typer.Context,
    period: PeriodText = "28d",
    platform: Annotated[
        str | None, typer.Option("--platform", metavar="PLATFORM", help="Only what came by this network.")
    ] = None,
    campaign: Annotated[
        str | None, typer.Option("--campaign", metavar="UTM", help='Only this utm_campaign; "" for none.')
    ] = None,
    json: Json = False,
) -> None:
    """Show how many were reached, clicked, visited, stayed and acted."""
    from pipeline import steps

    invocation: Invocation = ctx.obj
    found = steps.funnel(invocation.project(), period, platform, campaign)
    if json:
        show.as_json(found)
        return
    if not found.rows:
        typer.echo(f"Nothing is known of {platform or 'any network'} from {found.period}.")
        return
    drawn = bars([row["count"] for row in found.rows])
    rows = [
        (row["step"].replace("_", " "), _count(row), _rate(row), bar)
        for row, bar in zip(found.rows, drawn, strict=True)
    ]
    what = " ".join(filter(None, (platform, campaign))) or "all networks and campaigns"
    show.table(f"Funnel of {what}, {found.period}", ("step", "count", "of the step before", ""), rows,
               right=("count", "of the step before"))  # fmt: skip
    if any(row["known"] < row["rows"] for row in found.rows):
        show.note("a step is counted where it is known; a rate is that of the days of which both steps are")


def experiment(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this experiment.")] = None,
    json: Json = False,
) -> None:
    """Show what experiments have shown so far, and how the next budget is best split."""
    from pipeline import steps

    invocation: Invocation = ctx.obj
    found = steps.experiment(invocation.project(), name)
    if json:
        show.as_json(found)
        return
    if not found:
        typer.echo("No experiment was looked at yet: declare one under [[experiments]] before it starts.")
    for one in found:
        _show_trial(one)


def _show_trial(one: TrialText) -> None:
    trial = one.trial
    numbers = ("visits", "conversions", "rate", "lift", "at every look", "best", "spend", "margin")
    shown = [(arm["arm"], *_arm_cells(arm)) for arm in trial.arms]
    show.table(f"{trial.experiment}, by {trial.action}, look of {trial.look}", ("arm", *numbers), shown, right=numbers)
    typer.echo(f"{one.verdict} {one.reason}")
    for arm in dict.fromkeys(row["arm"] for row in trial.looks):
        lifts = [row["lift"] for row in trial.looks if row["arm"] == arm]
        if not any(lift is not None for lift in lifts):
            show.note(f"{arm}: a lift is told from 20 conversions in it and in the control on")
            continue
        typer.echo(f"lift of {arm}, look by look: {sparkline(lifts)}")
    if one.advice:
        typer.echo(one.advice)
    show.note(one.design)


def _arm_cells(arm: Mapping[str, Any]) -> tuple[str, ...]:
    low, high = arm["sequential_low"], arm["sequential_high"]
    return (
        amount(arm["visits"]),
        amount(arm["conversions"]),
        percent(arm["conversion_rate"]),
        percent(arm["lift"]),
        "–" if low is None else f"{percent(low)} to {percent(high)}",
        percent(arm["probability_best"]),
        amount(arm["spend"], 2),
        amount(arm["gross_margin"], 2),
    )


def sparkline(values: Sequence[Any]) -> str:
    """A sign per value, higher for more; a dot for what nobody knows, a line's middle where all are alike."""
    signs = "▁▂▃▄▅▆▇█"
    known = [float(value) for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    step = (high - low) / (len(signs) - 1)
    heights = (None if value is None else (round((float(value) - low) / step) if step else 3) for value in values)
    return "".join("·" if height is None else signs[height] for height in heights)


def bars(values: Sequence[Any]) -> list[str]:
    """A bar for each value, as long as its part of the largest; what is below 0 is drawn lighter."""
    most = max((abs(float(value)) for value in values if value is not None), default=0.0)
    signs = [("" if value is None or not most else ("█" if value > 0 else "░")) for value in values]
    return [
        sign * max(round(abs(float(value)) / most * _WIDTH), 1 if value else 0) if sign else ""
        for sign, value in zip(signs, values, strict=True)
    ]


def _names(row: dict[str, Any], keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(row[key]) or "–" for key in keys)


def _margin_cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        amount(row["visits"]),
        amount(row["conversions"]),
        percent(row["conversion_rate"]),
        amount(row["average_basket"], 2),
        amount(row["revenue"], 2),
        amount(row["acquisition_cost"], 2),
        amount(row["gross_margin"], 2),
        amount(row["margin_per_cost"], 2),
        *([f"{row['days_with_margin']} of {row['days']}"] if "days" in row else []),
    )


def _rate(row: dict[str, Any]) -> str:
    """With what it is a rate of: of the step before, only what has both."""
    return "–" if row["rate"] is None else f"{percent(row['rate'])} of {amount(row['of_before'])}"


def _count(row: dict[str, Any]) -> str:
    if row["position"] > 1:
        return amount(row["count"])
    if row["at_most"] is None:
        return "–"
    return f"{amount(row['at_least'])} to {amount(row['at_most'])}"
