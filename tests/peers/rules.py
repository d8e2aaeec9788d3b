"""The roll-up rules of Fivetran's social media packages, restated from their published SQL as facts.

Nothing of it is copied: each rule is written anew, from what the named file of the named commit does. ``delivered``
turns our raw rows into the columns that their connector has for the same facts; where it delivers reports by day, a
case gives these itself. ``rolled_up`` is one row per post, as in their final table, the rollup_report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ROLLUP: Final = "fivetran/dbt_social_media_reporting, models/intermediate/social_media_reporting__"
# Their word → ours. Their table has no other number.
NUMBERS: Final = {
    "clicks": "clicks",
    "comments": "comments",
    "impressions": "impressions",
    "likes": "reactions",
    "shares": "shares",
}


@dataclass(frozen=True)
class Rule:
    """``read`` names the packages, files, versions and commits that say so."""

    read: str
    rolled_up: str
    delivered: str = ""


_PAGE_POSTS = """
select
    id as post_id,
    _night as date_day,
    json_value(insights, 'post_clicks') as clicks,
    json_value(insights, 'post_impressions') as impressions,
    json_value(insights, 'post_reactions_like_total') as likes
from raw.facebook_posts
where not _absent
"""

_MEDIA = """
select
    id as post_id,
    comments_count as comment_count,
    like_count,
    case when media_type = 'CAROUSEL_ALBUM' then views end as carousel_album_views,
    case when media_product_type = 'REELS' then views end as reel_views,
    case when media_product_type = 'STORY' then views end as story_views,
    -- the platform gives the views of an album and of a reel under this name too
    case when media_product_type <> 'STORY' then views end as video_photo_views
from (
    select
        *,
        try_cast(json_extract_string(insights, '$.views') as bigint) as views
    from raw.instagram_media
    union all by name
    select
        *,
        try_cast(json_extract_string(insights, '$.views') as bigint) as views
    from raw.instagram_stories
)
where not _absent
"""

_SHARE_STATISTICS = """
select
    posts.id as post_id,
    try_cast(json_extract_string(stats."totalShareStatistics", '$.clickCount') as bigint) as click_count,
    try_cast(json_extract_string(stats."totalShareStatistics", '$.commentCount') as bigint) as comment_count,
    try_cast(json_extract_string(stats."totalShareStatistics", '$.impressionCount') as bigint) as impression_count,
    try_cast(json_extract_string(stats."totalShareStatistics", '$.likeCount') as bigint) as like_count,
    try_cast(json_extract_string(stats."totalShareStatistics", '$.shareCount') as bigint) as share_count
from raw.linkedin_posts as posts
left join raw.linkedin_post_stats as stats on posts.id = stats.post
"""

RULES: Final = {
    "facebook": Rule(
        read=f"{ROLLUP}facebook_posts_reporting.sql at 54a97d1 (v1.1.0): of the lifetime metrics of a post the row that"
        " is marked most recent, which is the newest date (fivetran/dbt_facebook_pages,"
        " models/staging/stg_facebook_pages__lifetime_post_metrics_total.sql at 6f6d7db); clicks, impressions and"
        " likes, 0 for none; likes are post_reactions_like_total (facebook_pages__posts_report.sql at 056e1b1);"
        " impressions are post_impressions, retired in November 2025 as its CHANGELOG tells; no comments, no shares",
        delivered=_PAGE_POSTS,
        rolled_up="""
        with marked as (
            select *, date_day = max(date_day) over (partition by post_id) as is_newest from delivered
        )
        select
            post_id,
            coalesce(sum(clicks), 0) as clicks,
            null as comments,
            coalesce(sum(impressions), 0) as impressions,
            coalesce(sum(likes), 0) as likes,
            null as shares
        from marked
        where is_newest
        group by post_id
        """,
    ),
    "facebook_first": Rule(
        read="fivetran/dbt_social_media_reporting, models/social_media_reporting__facebook_posts_reporting.sql at"
        " 73031ea, an early version: the sum over all dates of the lifetime metrics, NULL for none",
        delivered=_PAGE_POSTS,
        rolled_up="""
        select
            post_id,
            sum(clicks) as clicks,
            null as comments,
            sum(impressions) as impressions,
            sum(likes) as likes,
            null as shares
        from delivered
        group by post_id
        """,
    ),
    "instagram": Rule(
        read=f"{ROLLUP}instagram_posts_reporting.sql and DECISIONLOG.md at 194d634: one of the views of an album, a"
        " reel, a story or anything else, 0 for none; comments and likes, 0 for none; no clicks, no shares",
        delivered=_MEDIA,
        rolled_up="""
        select
            post_id,
            null as clicks,
            coalesce(comment_count, 0) as comments,
            case
                when carousel_album_views > 0 then carousel_album_views
                when reel_views > 0 then reel_views
                when story_views > 0 then story_views
                else coalesce(video_photo_views, 0)
            end as impressions,
            coalesce(like_count, 0) as likes,
            null as shares
        from delivered
        """,
    ),
    "instagram_until_2025": Rule(
        read=f"{ROLLUP}instagram_posts_reporting.sql at ed3647c (v0.7.0): the four views added up, each 0 for none;"
        " told as a fault in issue 31 of that repository on 2025-12-19, and mended",
        delivered=_MEDIA,
        rolled_up="""
        select
            post_id,
            null as clicks,
            coalesce(comment_count, 0) as comments,
            coalesce(carousel_album_views, 0) + coalesce(story_views, 0)
            + coalesce(video_photo_views, 0) + coalesce(reel_views, 0) as impressions,
            coalesce(like_count, 0) as likes,
            null as shares
        from delivered
        """,
    ),
    "linkedin": Rule(
        read=f"{ROLLUP}linkedin_posts_reporting.sql at 0d0db43, over linkedin_pages__posts.sql of"
        " fivetran/dbt_linkedin_pages at 00531d6: the newest share statistics beside each post, 0 for none",
        delivered=_SHARE_STATISTICS,
        rolled_up="""
        select
            post_id,
            coalesce(click_count, 0) as clicks,
            coalesce(comment_count, 0) as comments,
            coalesce(impression_count, 0) as impressions,
            coalesce(like_count, 0) as likes,
            coalesce(share_count, 0) as shares
        from delivered
        """,
    ),
    "x": Rule(
        read=f"{ROLLUP}twitter_posts_reporting.sql at 1b2409d, over twitter_organic__tweets.sql of"
        " fivetran/dbt_twitter_organic at 009b3a9: the sum of a report by day; clicks are all those on the post (beside"
        " url_clicks, stg_twitter_organic.yml at b951202), shares are the retweets; 0 for none",
        rolled_up="""
        select
            post_id,
            coalesce(sum(clicks), 0) as clicks,
            coalesce(sum(replies), 0) as comments,
            coalesce(sum(impressions), 0) as impressions,
            coalesce(sum(likes), 0) as likes,
            coalesce(sum(retweets), 0) as shares
        from delivered
        group by post_id
        """,
    ),
    "youtube": Rule(
        read=f"{ROLLUP}youtube_videos_reporting.sql at 1b2409d, over youtube__video_report.sql of"
        " fivetran/dbt_youtube_analytics at 37177e1: the sum of a report by day; views are its clicks, which"
        " models/social_media_reporting.yml at 180181e says too; no impressions; 0 for none",
        rolled_up="""
        select
            post_id,
            coalesce(sum(views), 0) as clicks,
            coalesce(sum(comments), 0) as comments,
            null as impressions,
            coalesce(sum(likes), 0) as likes,
            coalesce(sum(shares), 0) as shares
        from delivered
        group by post_id
        """,
    ),
}

# The value of a metric in the answer of the Graph API.
JSON_VALUE: Final = """
create or replace temp macro json_value(insights, metric) as try_cast(
    json_extract_string(
        list_filter(
            json_extract(insights, '$.data[*]'), lambda one: json_extract_string(one, '$.name') = metric
        )[1],
        '$.values[0].value'
    ) as bigint
)
"""
