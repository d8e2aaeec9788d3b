"""Which touches of each journey earn its conversion: weights by site, action and month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from pipeline.stats.attribution import MODELS, weights
from pipeline.stats.tables.frames import without_rows

_TEXTS, _NUMBERS = ("site", "source", "account", "native_id", "action"), ("journey", "touch")
_KEY = (*_TEXTS, *_NUMBERS)
_TOUCHES = """
    select
        touches.site, touches.action, date_trunc('month', touches.occurred_day) as month,
        dense_rank() over (
            order by touches.site, touches.source, touches.account, touches.native_id, touches.action, touches.journey
        ) as nth,
        touches.source, touches.account, touches.native_id, touches.journey, touches.touch,
        touches.channel, touches.touched_at, touches.is_direct, touches.converted_at,
        -- a refund larger than its order leaves nothing to share out
        greatest(0, cast(events.value_reporting / events.count as double)) as value
    from core.touch as touches
    inner join core.conversion as events using (site, source, account, native_id, action)
    where touches.occurred_day >= ?
    order by nth, touches.touch
"""
# Visitors who came and did not do it in the month: they teach the chain what leads nowhere.
_LOST = """
    with reached as (
        select site, day, source, account, visitor, 'sale' as action
        from core.visit where len(orders) > 0 and day >= ?
        union all
        select visits.site, visits.day, visits.source, visits.account, visits.visitor, actions.action
        from (select *, unnest(goals) as goal_id from core.visit where len(goals) > 0 and day >= ?) as visits
        inner join seed.goal as actions on visits.site = actions.site and visits.goal_id = actions.goal_id
    ),
    actions as (select distinct site, action, date_trunc('month', occurred_day) as month from core.touch
        where occurred_day >= ?),
    visits as (
        select site, source, account, visitor, visit_id, date_trunc('month', day) as month, visited_at,
            case when platform = 'unattributed' then referrer_type else platform end as channel,
            referrer_type = 'direct' as is_direct
        from core.visit where day >= ?
    )
    select
        actions.site, actions.action, actions.month,
        -dense_rank() over (order by actions.site, actions.action, actions.month, visits.source, visits.account,
            visits.visitor) as nth,
        row_number() over (
            partition by actions.site, actions.action, actions.month, visits.source, visits.account, visits.visitor
            order by visits.visited_at, visits.visit_id
        ) as touch,
        visits.channel, visits.visited_at as touched_at, visits.is_direct
    from visits
    inner join actions on visits.site = actions.site and visits.month = actions.month
    anti join reached on reached.site = visits.site and reached.action = actions.action
        and reached.source = visits.source and reached.account = visits.account
        and reached.visitor = visits.visitor and date_trunc('month', reached.day) = visits.month
    order by nth, touch
"""
_GROUP = ("site", "action", "month")


def attribution(con: Any, since: date) -> pd.DataFrame:
    """One row per touch of a converting journey from ``since`` on, with a column of weights per model.

    ``since`` is the first of a month: the Markov chain is that of the journeys of one site and action that
    converted in one calendar month, and of the visitors of that month who did not convert, where a log
    tells of them. So a month that is over keeps its weights. Where all conversions of a group have a value the chain
    is that of the money.
    """
    won = con.execute(_TOUCHES, [since]).df()
    if won.empty:
        return without_rows({**dict.fromkeys(_TEXTS, "string"), **dict.fromkeys((*_NUMBERS, *MODELS), "float64")})
    lost = con.execute(_LOST, [since] * 4).df()
    found = weights(_chained(won, lost), value="value", within="group")
    # Both are in the order of the journeys and of the touches in them.
    shared: pd.DataFrame = pd.concat([won[[*_KEY]], found[[*MODELS]]], axis=1)
    return shared


def _chained(won: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    """The columns that the models read, of those who did it and of those who did not."""
    groups = won.groupby(list(_GROUP), sort=False)
    known = groups["value"].transform("count") == groups["value"].transform("size")
    # One conversion of unknown value, and the chain counts journeys: a group without any value does.
    told = won.assign(value=won["value"].where(known, 0.0), converted=True)
    both = pd.concat([told, lost.assign(converted=False)], ignore_index=True)
    both["group"] = both.groupby(list(_GROUP), sort=False).ngroup()
    return both.rename(columns={"nth": "journey", "journey": "of_conversion"})
