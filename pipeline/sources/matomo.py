"""Matomo 5, the Reporting API: visits, where they came from, goals and e-commerce, day by day.

No official quota; the vendor's cloud may answer 429.
Documentation: https://developer.matomo.org/api-reference/reporting-api

Quirks that shape this module:

* Errors come with HTTP 200 and a body of ``{"result": "error"}``.
* Without ``filter_limit=-1`` a report silently ends after 100 rows.
* A day without visits is ``[]``. A day that is not a key of the answer was not answered.
* ``period=range`` gives one sum in which visitors are counted wrongly: only days are asked.
* Labels are translated: English is asked for.
* Percentages and averages are texts or numbers, as the server likes: they are kept as JSON.
"""

from __future__ import annotations

from typing import Final

from pipeline.streams import ColumnType, Stream

PLATFORM = "matomo"
KIND = "site"
BASE = ""
API_VERSION = "5"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 3
POOL_SLOTS = 2
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()

_REFERRER_COLUMNS: Final[dict[str, ColumnType]] = {
    "day": "VARCHAR",
    "label": "VARCHAR",
    "nb_visits": "BIGINT",
    "nb_uniq_visitors": "BIGINT",
    "nb_users": "BIGINT",
    "nb_actions": "BIGINT",
    "max_actions": "BIGINT",
    "bounce_count": "BIGINT",
    "sum_visit_length": "BIGINT",
    "nb_visits_converted": "BIGINT",
    "nb_conversions": "BIGINT",
    "revenue": "DECIMAL(18,4)",
    "goals": "JSON",  # {"idgoal=1": {"nb_conversions": 2, "nb_visits_converted": 2, "revenue": 0}}
    "segment": "VARCHAR",
    "url": "VARCHAR",
    "logo": "VARCHAR",
    "idsubdatatable": "BIGINT",
    "referrer_type": "BIGINT",
}


def _referrers(name: str) -> Stream:
    return Stream(
        name=name,
        columns=_REFERRER_COLUMNS,
        key=("day", "label"),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
    )


# Every record is the platform's row with `day` (and `goal`) put in front. The day is the site's.
STREAMS = (
    # A day without visits is a record with the day alone: the counters are NULL, not 0.
    Stream(
        name="visits",
        columns={
            "day": "VARCHAR",
            "nb_visits": "BIGINT",
            "nb_uniq_visitors": "BIGINT",
            "nb_users": "BIGINT",
            "nb_actions": "BIGINT",
            "max_actions": "BIGINT",
            "bounce_count": "BIGINT",
            "sum_visit_length": "BIGINT",
            "nb_visits_converted": "BIGINT",
            "bounce_rate": "JSON",
            "nb_actions_per_visit": "JSON",
            "avg_time_on_site": "JSON",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
    ),
    _referrers("referrer_types"),
    _referrers("socials"),
    _referrers("campaigns"),
    # A day without conversions of a goal has no record.
    Stream(
        name="goals",
        columns={
            "day": "VARCHAR",
            "goal": "VARCHAR",
            "nb_conversions": "BIGINT",
            "nb_visits_converted": "BIGINT",
            "revenue": "DECIMAL(18,4)",
            "conversion_rate": "JSON",
        },
        key=("day", "goal"),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
    ),
    Stream(
        name="ecommerce",
        columns={
            "day": "VARCHAR",
            "nb_conversions": "BIGINT",
            "nb_visits_converted": "BIGINT",
            "revenue": "DECIMAL(18,4)",
            "revenue_subtotal": "DECIMAL(18,4)",
            "revenue_tax": "DECIMAL(18,4)",
            "revenue_shipping": "DECIMAL(18,4)",
            "revenue_discount": "DECIMAL(18,4)",
            "items": "BIGINT",
            "avg_order_revenue": "JSON",
            "conversion_rate": "JSON",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
        optional=True,
    ),
)
