"""What is added up of posts before their rates are compared, in SQL and out of it.

An account's posts of one span of time have one base: impressions where at least half of the posts whose
interactions are known have them, else reach, else followers at publication. A post without the base is
counted, and not rated. All sums are of whole numbers and decimals: the same in any order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.stats.rates import Sums

if TYPE_CHECKING:
    import pandas as pd

NAMES: Final = ("posts_rated", "engagements_rated", "rate_base", "base_2", "base_3", "quotients")

BASIS: Final = """
    case
        when 2 * count(*) filter (engagements is not null and impressions > 0) >= nullif(count(engagements), 0)
            then 'impressions'
        when 2 * count(*) filter (engagements is not null and reach > 0) >= nullif(count(engagements), 0)
            then 'reach'
        when 2 * count(*) filter (engagements is not null and followers_at_publication > 0)
            >= nullif(count(engagements), 0)
            then 'followers'
    end
"""

# No post has been shown as often as a hundred thousand million times; the cubes of more would not fit.
RATED: Final = """
    case
        when engagements is not null then
            case rate_basis
                when 'impressions' then case when impressions between 1 and 100000000000 then impressions end
                when 'reach' then case when reach between 1 and 100000000000 then reach end
                when 'followers' then
                    case when followers_at_publication between 1 and 100000000000 then followers_at_publication end
            end
    end
"""

SUMS: Final = """
    count(base) as posts_rated,
    sum(cast(engagements as hugeint)) filter (base is not null) as engagements_rated,
    sum(cast(base as hugeint)) as rate_base,
    sum(cast(base as hugeint) * base) as base_2,
    sum(cast(base as hugeint) * base * base) as base_3,
    sum(try_cast(cast(engagements as double) * engagements / base as decimal(38, 12))) as quotients
"""


def sums(frame: pd.DataFrame, suffix: str = "") -> Sums:
    """The sums of the rows of ``frame``, each of which must hold a rated post."""
    return Sums.of(*(frame[f"{name}{suffix}"].astype("float64") for name in NAMES))
