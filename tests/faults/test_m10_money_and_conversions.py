"""Poisoned numbers of shops and experiments: each is a note, a quarantine, a clear error or a defined NULL.

Three nights of the simulated brand, whose shops tell impossible things among true ones. In the second one the
whole answers of two shops cannot be believed; before the third one the settings are changed. Verdicts that need
many visits are proved in tests/stats/experiments.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import simulator, steps
from pipeline.errors import ConfigError, NightBroken
from pipeline.settings import SettingsError
from pipeline.simulator import World
from pipeline.steps import declarations
from tests.faults.bending import Bender
from tests.faults.shops import Shops, choose
from tests.faults.trials import TABLES, changed
from tests.nights.replaying import Replay

PLATFORMS = ("ecb", "matomo", "shopify", "woocommerce")
SITE = "boutique.atelier-marin.example"
SHOPS = ("boutique", "atelier-marin-uk")
EVENT = ("status", "value", "refunded_value", "currency", "value_reporting", "occurred_day", "site")


@dataclass(frozen=True)
class Played:
    """The brand after its nights, what became of each, and the orders that were told wrongly.

    ``shown`` are the shop's sales as they were published after each night.
    """

    brand: Replay
    shops: Shops
    outcomes: list[steps.Night] = field(default_factory=list)
    shown: list[dict[str, dict[str, Any]]] = field(default_factory=list)

    def play(self, brand: Replay, night: date) -> None:
        """A night, whatever it ends with."""
        now = brand.clock(night)
        self.outcomes.append(steps.run(brand.project, night, now=lambda: now))
        self.shown.append(self.events("boutique"))

    def published(self, sql: str) -> list[tuple[Any, ...]]:
        return _asked(self.brand.project.settings.paths.publication / "vigie.duckdb", sql)

    def warehouse(self, sql: str) -> list[tuple[Any, ...]]:
        return _asked(self.brand.project.settings.paths.warehouse, sql)

    def events(self, account: str) -> dict[str, dict[str, Any]]:
        rows = self.published(
            f"select native_id, {', '.join(EVENT)} from conversion.event"
            f" where action = 'sale' and account = '{account}'"
        )
        return {number: dict(zip(EVENT, row, strict=True)) for number, *row in rows}

    def told_wrongly(self, evil: str, nth: int = -1) -> dict[str, Any]:
        """An order of the shop, as published after the nth night."""
        return self.shown[nth][self.shops.orders[evil]]

    def warnings(self, nth: int = 0) -> str:
        transformed = self.outcomes[nth].transformed
        assert transformed is not None
        return "; ".join(transformed.warnings)

    def notes(self, kind: str, nth: int = -1) -> set[str]:
        night = self.outcomes[nth].night
        found = self.published(f"select message from quality.note where night = '{night}' and kind = '{kind}'")
        return {message for (message,) in found}

    def last_words(self, experiment: str) -> set[tuple[str, str]]:
        """The verdict and its reason at the newest look: one for all arms."""
        return set(
            self.published(
                f"select verdict, reason from conversion.experiment_result where experiment = '{experiment}'"
                " qualify look = max(look) over ()"
            )
        )


def _asked(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(sql).fetchall()


def _mended(text: str) -> str:
    """Two shops on one site, a goal that nobody mapped, and the experiments."""
    text = text.replace('site = "uk.atelier-marin.example"', f'site = "{SITE}"')
    return text.replace(', "3" = "ad_click"', "") + TABLES


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder, world = Path(tmp_path_factory.mktemp("poisoned")), World(nights=3)
    file = folder / "vigie.toml"

    def project(text: str) -> steps.Project:
        file.write_text(text, encoding="utf-8")
        return steps.open_project(file, {**os.environ, **simulator.environment()})

    with simulator.serve(nights=3) as server:
        text = _mended(simulator.settings_toml(server.url, last_night=world.nights[-1], platforms=PLATFORMS))
        brand = Replay(folder, server.url, project(text), world)
        found = Played(brand, Shops(choose(world, world.nights[0])))
        found.shops.between(Bender(server))
        found.play(brand, world.nights[0])
        found.shops.worst = True
        found.play(brand, world.nights[1])
        found.shops.worst, found.shops.later = False, True
        found.play(replace(brand, project=project(changed(text))), world.nights[2])
        yield replace(found, brand=replace(brand, project=project(changed(text))))


def test_m10_every_night_goes_on_and_publishes_what_is_right(played: Played) -> None:
    first, second, third = played.outcomes
    assert (first.error, third.error) == (None, None)
    assert isinstance(second.error, NightBroken)
    assert all(outcome.published is not None for outcome in played.outcomes)
    evil = {*played.shops.orders.values()}
    for shown, night in zip(played.shown, played.brand.world.nights, strict=True):
        # What was set aside in the second night is as the night before told it.
        known = played.brand.world.nights[0] if night == played.brand.world.nights[1] else night
        orders = [o for o in played.brand.world.woocommerce.orders(known) if o.status in {"processing", "completed"}]
        right = {str(o.id): o.total for o in orders if str(o.id) in shown and str(o.id) not in evil}
        assert len(right) > 80
        assert {number: shown[number]["value"] for number in right} == right
    assert played.warehouse("select max(day) from core.visit_day") == [(third.night,)]


def test_m10_a_negative_amount_is_kept_as_told_and_warned_of(played: Played) -> None:
    event = played.told_wrongly("negative")
    assert (event["value"], event["value_reporting"]) == (Decimal(-50), Decimal(-50))
    assert "refund_beyond_the_sale failed, 2 unexpected" in played.warnings()


def test_m10_an_amount_that_no_column_holds_is_a_record_in_quarantine(played: Played) -> None:
    """The order keeps the amount that was told before."""
    found = played.published("select platform, account, reason, rows from quality.quarantine where stream = 'orders'")
    assert found == [("woocommerce", "boutique", "total does not fit DECIMAL(18,4)", 1)]
    assert played.told_wrongly("endless") == played.told_wrongly("endless", 0)
    assert 0 < played.told_wrongly("endless")["value"] < 10_000


def test_m10_an_absurd_amount_sets_the_night_of_its_shop_aside(played: Played) -> None:
    """Until the shop tells something else, its orders are those of the night before."""
    loaded = played.outcomes[1].loaded
    assert loaded is not None
    assert loaded.set_aside == ("shopify/atelier-marin-uk", "woocommerce/boutique")
    reasons = played.published(
        "select reason from quality.quarantine where platform = 'woocommerce' and stream is null"
    )
    assert "amounts_in_range failed, 1 unexpected" in str(reasons)
    number = played.shops.orders["absurd"]
    assert f"native_id {number}" in str(reasons)
    assert played.shown[1] == played.shown[0]
    assert played.shown[2].keys() > played.shown[1].keys()
    assert played.shown[2][number]["value"] < 10_000


def test_m10_an_unknown_currency_has_a_value_that_nobody_knows_and_is_told(played: Played) -> None:
    event = played.told_wrongly("nowhere")
    assert (event["currency"], event["value"] > 0, event["value_reporting"]) == ("XXX", True, None)
    assert f"sales of {SITE} in XXX have no exchange rate: their value is unknown" in played.notes(
        "currency_without_rate"
    )
    day, platform = event["occurred_day"], "facebook"
    revenue = f"from conversion.daily where day = '{day}' and platform = '{platform}' and action = 'sale'"
    assert (None,) in played.published(f"select revenue {revenue} and conversions > 0")


def test_m10_a_currency_that_is_no_code_sets_the_night_of_its_shop_aside(played: Played) -> None:
    reasons = played.published("select reason from quality.quarantine where platform = 'shopify'")
    assert len(reasons) == 1
    assert "currency_known failed, 1 unexpected" in str(reasons)
    assert "currency gbp" in str(reasons)
    assert {event["currency"] for event in played.events("atelier-marin-uk").values()} == {"GBP"}


def test_m10_a_missing_rate_makes_the_value_unknown_and_is_told(played: Played) -> None:
    """Dirhams are money, of which the reference rates say nothing."""
    event = played.told_wrongly("dirham")
    assert (event["currency"], event["value"] > 0, event["value_reporting"]) == ("AED", True, None)
    assert f"sales of {SITE} in AED have no exchange rate: their value is unknown" in played.notes(
        "currency_without_rate"
    )
    assert "rate_missing failed" in played.warnings(-1)


def test_m10_an_order_whose_currency_changed_is_worth_what_was_told_last(played: Played) -> None:
    before, after = played.told_wrongly("another", 0), played.told_wrongly("another")
    assert (before["currency"], after["currency"]) == ("EUR", "USD")
    assert before["value"] == before["value_reporting"] == after["value"]
    [(rate,)] = played.warehouse(
        f"select rate from core.fx_rate where currency = 'USD' and day = '{after['occurred_day']}'"
    )
    assert after["value_reporting"] == round(after["value"] * rate, 4)


def test_m10_order_numbers_that_shops_share_are_orders_of_each(played: Played) -> None:
    """Two shops of one site, and two sites, number their orders alike: none takes the place of another."""
    of_a_site = [played.events(account) for account in SHOPS]
    elsewhere = played.events("atelier-marin-au")
    alike = of_a_site[0].keys() & of_a_site[1].keys()
    assert len(alike) > 20
    assert len(alike & elsewhere.keys()) > 5
    assert {event["site"] for found in of_a_site for event in found.values()} == {SITE}
    assert {event["site"] for event in elsewhere.values()} == {"au.atelier-marin.example"}
    assert played.published("select count(*) = count(distinct conversion_id) from conversion.event") == [(True,)]
    for found, currency in zip((*of_a_site, elsewhere), ("EUR", "GBP", "AUD"), strict=True):
        assert currency in {found[number]["currency"] for number in alike & found.keys()}


def test_m10_a_refund_before_its_order_counts_on_the_orders_day(played: Played) -> None:
    number = played.shops.orders["early"]
    told = played.warehouse(f"select distinct date_created_gmt from raw.woocommerce_refunds where order_id = {number}")
    assert told == [("2026-09-01T09:00:00",)]
    event = played.told_wrongly("early")
    assert event["refunded_value"] > 0
    assert event["value_reporting"] == event["value"] - event["refunded_value"] >= 0
    [(placed,)] = played.warehouse(f"select distinct date_paid_gmt from raw.woocommerce_orders where id = {number}")
    assert str(event["occurred_day"]) == placed[:10]
    assert played.published("select count(*) from conversion.daily where day = '2026-09-01'") == [(0,)]


def test_m10_a_refund_larger_than_its_order_is_a_loss_that_is_warned_of(played: Played) -> None:
    event = played.told_wrongly("beyond")
    assert event["refunded_value"] == 5000
    assert event["value_reporting"] == event["value"] - 5000 < 0
    assert f"native_id {played.shops.orders['beyond']}" in played.warnings()
    sums = "select model, min(weight), round(sum(weight), 6) from conversion.attribution"
    weights = played.published(f"{sums} where journey > 0 group by conversion_id, journey, model")
    assert len(weights) > 1000
    assert all(weight >= 0 and total == 1 for _, weight, total in weights)


def test_m10_a_conversion_before_its_visit_is_not_credited_to_it(played: Played) -> None:
    """What the order itself says of its origin is all that is known of it."""
    number = played.shops.orders["unvisited"]
    visits = played.warehouse(f"select visited_at from core.visit where list_contains(orders, '{number}')")
    [(moment,)] = played.warehouse(
        f"select occurred_at from core.conversion where account = 'boutique' and native_id = '{number}'"
    )
    assert [visited for (visited,) in visits if visited > moment] != []
    ours = f"account = 'boutique' and native_id = '{number}'"
    assert played.warehouse(f"select count(*) from core.touch where {ours}") == [(0,)]
    found = played.published(
        "select model, journey, weight, touched_at from conversion.attribution"
        f" where conversion_id in (select conversion_id from conversion.event where {ours})"
    )
    assert found == [("last", 0, 1.0, None)]


def test_m10_an_unknown_goal_is_told_and_counts_nothing(played: Played) -> None:
    told = f"goal 3 of {SITE} is mapped to no action: it counts no conversion"
    assert told in played.notes("unmapped_goal", 0)
    assert played.warehouse("select sum(conversions) > 0 from core.visit_goal where goal_id = '3'") == [(True,)]
    assert played.published("select count(*) from conversion.event where native_id like '3:%'") == [(0,)]
    assert played.published("select count(*) > 0 from conversion.event where native_id like '1:%'") == [(True,)]


EXPERIMENTS = {
    "sound": {("running", "an arm has 0 of 100 visits; ends on 2026-11-20")},
    "shared": {("invalid", "linkedin/nine is also in the experiment sharing on the same days")},
    "sharing": {("invalid", "linkedin/nine is also in the experiment shared on the same days")},
    "unpaid": {("invalid", "free has no spend")},
    "ended": {("invalid", "ended early on 2026-11-01 without a winner, planned was 2026-11-20")},
    "late": {
        (
            "invalid",
            "it was declared on 2026-10-31, after its start: what is settled after looking proves nothing",
        )
    },
    "changed": {
        ("invalid", "its declaration was changed: a changed declaration is a new experiment and needs a new name")
    },
}


def test_m10_two_experiments_on_one_campaign_are_both_invalid(played: Played) -> None:
    assert played.last_words("shared") == EXPERIMENTS["shared"]
    assert played.last_words("sharing") == EXPERIMENTS["sharing"]


def test_m10_an_arm_without_spend_makes_its_experiment_invalid_once_others_spent(played: Played) -> None:
    assert played.last_words("unpaid") == EXPERIMENTS["unpaid"]


def test_m10_an_experiment_that_ended_early_without_a_winner_is_invalid(played: Played) -> None:
    assert played.last_words("ended") == EXPERIMENTS["ended"]


def test_m10_an_experiment_that_was_declared_after_its_start_is_invalid(played: Played) -> None:
    assert played.last_words("late") == EXPERIMENTS["late"]


def test_m10_a_declaration_that_was_changed_makes_its_experiment_invalid(played: Played) -> None:
    assert played.last_words("changed") == EXPERIMENTS["changed"]


def test_m10_an_experiment_beside_the_bad_ones_is_judged_as_ever(played: Played) -> None:
    assert played.last_words("sound") == EXPERIMENTS["sound"]


DAMAGED = {
    "cut": b'[{"experiment": "sound", "act',
    "empty": b"",
    "no list": b'{"experiment": "sound"}',
    "nothing": b"null",
    "no night": b'[{"experiment": "a", "action": "sale", "fingerprint": "f", "night": null}]',
    "no day": b'[{"experiment": "a", "action": "sale", "fingerprint": "f", "night": "soon"}]',
    "no fingerprint": b'[{"experiment": "a", "action": "sale", "night": "2026-11-01"}]',
    "no text": b"\xff\xfe\x00",
    "bottomless": b"[" * 100_000,
}


@pytest.fixture
def notes(played: Played) -> Iterator[Path]:
    """Where it is noted when experiments were declared; whole again after the test."""
    file = played.brand.project.settings.paths.state / "experiments.json"
    kept = file.read_bytes()
    yield file
    file.write_bytes(kept)


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED.keys())
def test_m10_damaged_notes_of_experiments_are_an_error_that_says_what_to_do(
    played: Played, notes: Path, damage: bytes
) -> None:
    settings, night = played.brand.project.settings, played.outcomes[-1].night
    kept = notes.read_bytes()
    notes.write_bytes(damage)
    with pytest.raises(ConfigError) as caught:
        declarations.first_seen(settings, night)
    assert str(caught.value).startswith(f"{notes} is damaged: it knows when experiments were declared. Restore it")
    assert notes.read_bytes() == damage
    notes.write_bytes(kept)
    assert set(declarations.first_seen(settings, night)) == {(name, "sale") for name in EXPERIMENTS}


def test_m10_with_damaged_notes_of_experiments_tables_stay_and_the_next_try_goes_on(
    played: Played, notes: Path
) -> None:
    project, night = played.brand.project, played.outcomes[-1].night
    now = played.brand.clock(night)
    kept, before = notes.read_bytes(), played.events("boutique")
    notes.write_bytes(kept[:40])
    outcome = steps.run(project, night, now=lambda: now)
    assert isinstance(outcome.error, ConfigError)
    assert outcome.published is None
    assert played.events("boutique") == before
    notes.write_bytes(kept)
    assert steps.run(project, night, now=lambda: now).error is None
    assert played.events("boutique") == before


WRONG = {
    "arm": ('one = ["one"]', 'one = ["onne"]', 'arms.one: "onne" is no campaign of the settings and no platform'),
    "arm twice": ('two = ["two"]', 'two = ["one"]', 'arms.two: "one" is already in the arm "one"'),
    "action": ('actions = ["sale"]', 'actions = ["sail"]', '"sail" is not an action that visits can lead to'),
    "boost": ('actions = ["sale"]', 'actions = ["social_boost"]', '"social_boost" is not an action that visits'),
    "day": ("start = 2026-11-01", 'start = "soon"', "start: must be a date without quotes"),
    "days": ("planned_end = 2026-11-20", "planned_end = 2026-10-01", "2026-10-01 is before the start, 2026-11-01"),
    "name twice": ('name = "late"', 'name = "sound"', "name: another of the [[experiments]] has the same name"),
}


@pytest.mark.parametrize(("right", "wrong", "says"), WRONG.values(), ids=WRONG.keys())
def test_m10_a_wrong_experiment_in_the_settings_is_named_with_its_line(
    tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    text = simulator.settings_toml("http://127.0.0.1:9", platforms=("matomo", "woocommerce"))
    tables = TABLES.replace(right, wrong, 1)
    assert tables != TABLES
    file = tmp_path / "vigie.toml"
    file.write_text(text + tables, encoding="utf-8")
    line = (text + TABLES[: TABLES.index(right)]).count("\n") + 1
    with pytest.raises(SettingsError) as caught:
        steps.open_project(file, {**os.environ, **simulator.environment()})
    assert "1 setting to change" in str(caught.value)
    assert f"line {line}: experiments[" in str(caught.value)
    assert says in str(caught.value)
