"""What the suite of the bank's rates must catch, and what it must let pass."""

from __future__ import annotations

from tests.quality.planted import Planted

RATE, UNIT = "staging.ecb_rate_day", "eurofxref"
NOW = "night = date '2026-11-02'"


def changed(change: str, which: str = "currency = 'USD'") -> str:
    return f"update {RATE} set {change} where {NOW} and {which}"


PLANTED = [
    Planted("a rate twice", RATE, f"insert into {RATE} select * from {RATE} where {NOW}", "key_unique", unit=UNIT),
    Planted("tomorrow's rates", RATE, changed("day = night + 3"), "rows_can_be_placed", unit=UNIT),
    Planted("two letters", RATE, changed("currency = 'GB'", "currency = 'GBP'"), "rows_can_be_placed", unit=UNIT),
    Planted("no run", RATE, changed("run_id = null"), "rows_can_be_placed", unit=UNIT),
    Planted("a rate that is a word", RATE, changed("per_euro = null"), "rates_in_range", unit=UNIT),
    Planted("a rate of nothing", RATE, changed("per_euro = 0"), "rates_in_range", unit=UNIT),
    Planted("a rate below nothing", RATE, changed("per_euro = -1.16"), "rates_in_range", unit=UNIT),
    Planted("a rate beyond all currencies", RATE, changed("per_euro = 1000000000"), "rates_in_range", unit=UNIT),
    Planted("no dollar", RATE, changed("currency = 'XXX'"), "main_currencies_are_there", unit=UNIT),
    Planted(
        "rates that stopped",
        RATE,
        f"delete from {RATE} where night > date '2026-10-25'",
        "brings_recent_days",
        unit=UNIT,
    ),
    Planted("a decimal point that moved", RATE, changed("per_euro = 11.6"), "no_leap", "warning"),
]
LEGAL = {
    "a currency that is no longer quoted": f"delete from {RATE} where currency = 'IDR' and {NOW}",
    "a currency that gained a tenth": changed("per_euro = 1.04"),
}
