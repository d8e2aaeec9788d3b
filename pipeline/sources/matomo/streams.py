"""The streams of Matomo: what is kept of each report, and of each visit."""

from __future__ import annotations

from typing import Final

from pipeline.streams import ColumnType, Stream

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
        every_day=True,
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
        every_day=True,
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
        every_day=True,
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
        every_day=True,
        optional=True,
    ),
    # The values of the dimensions that the settings name: labels may be personal, so no other is asked for.
    Stream(
        name="dimension_values",
        columns={
            "day": "VARCHAR",
            "dimension": "VARCHAR",
            "label": "VARCHAR",
            "nb_visits": "BIGINT",
            "nb_uniq_visitors": "BIGINT",
            "nb_users": "BIGINT",
            "nb_actions": "BIGINT",
            "nb_hits": "BIGINT",
            "max_actions": "BIGINT",
            "bounce_count": "BIGINT",
            "sum_visit_length": "BIGINT",
            "sum_time_spent": "BIGINT",
            "nb_visits_converted": "BIGINT",
        },
        key=("day", "dimension", "label"),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
        every_day=True,
        optional=True,
    ),
    # Single visits, reduced to what a journey is made of: `visitor` is a keyed hash, `landing` the campaign
    # parameters of the first address, `started_at` an instant. The day is the one that Matomo counts the visit on.
    Stream(
        name="visit_log",
        columns={
            "day": "VARCHAR",
            "idVisit": "VARCHAR",
            "visitor": "VARCHAR",
            "started_at": "VARCHAR",
            "referrerType": "VARCHAR",
            "referrerName": "VARCHAR",
            "referrerHost": "VARCHAR",
            "campaignName": "VARCHAR",
            "campaignKeyword": "VARCHAR",
            "campaignSource": "VARCHAR",
            "campaignMedium": "VARCHAR",
            "campaignContent": "VARCHAR",
            "landing": "JSON",
            "goals": "JSON",  # ["1", "1"]: once for every time
            "orders": "JSON",  # [{"orderId": "1001", "revenue": 252.9}]
        },
        key=("idVisit",),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
        every_day=True,
        optional=True,
    ),
)
