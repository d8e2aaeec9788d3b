-- grain: one row per account, response_id, night: what people wrote to the account, and its own answers
-- what others took back again is not known: only own answers are seen to vanish
with responses as (
    select
        _account as account,
        id,
        created_at,
        conversation_id,
        answered,
        person,
        own,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.x_mentions
    union all by name
    select
        _account as account,
        id,
        created_at,
        conversation_id,
        answered,
        person,
        own,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.x_replies
    union all by name
    select
        _account as account,
        id,
        created_at,
        conversation_id,
        json_extract_string(
            list_filter(
                json_extract(coalesce(referenced_tweets, referenced_posts), '$[*]'),
                lambda reference: json_extract_string(reference, '$.type') = 'replied_to'
            )[1],
            '$.id'
        ) as answered,
        true as own,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.x_posts
    where answers = 'other'
),

written as (
    select
        *,
        try_cast(created_at as timestamptz) as moment
    from responses
    -- a mention under an own post may come by more than one way
    qualify row_number() over (partition by account, id, night order by person asc, observed_at asc) = 1
)

select
    'x' as platform,
    account,
    cast(moment at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    id as response_id,
    conversation_id as post_id,
    nullif(answered, conversation_id) as parent_id,
    moment at time zone 'UTC' as written_at,
    person,
    own as is_own,
    not is_absent as is_live,
    night,
    observed_at,
    run_id
from written
