-- grain: one row per member, platform, day (of the team's zone) on which somebody wrote or was left waiting
-- key: member, platform, day
-- rebuild: day from 3 days before
-- month: day
-- An answer moves the day on which it was given and, a day of the clock earlier, that of the question:
-- with the distance between the team's zone and the account's these are less than 3 days.
with recursive team as (
    -- as many rows as the settings have hours, all with one zone
    select coalesce(max(hours.time_zone), max(brand.time_zone), 'UTC') as time_zone
    from seed.brand as brand
    left join seed.business_hours as hours on true
),

written_on as (
    -- under these somebody wrote: who answered first there is asked again
    select distinct
        platform,
        account,
        post_id
    from core.response
    where day >= cast(getvariable('rebuild_from') as date) - 1
),

responses as (
    select
        responses.platform,
        responses.account,
        responses.response_id,
        responses.post_id,
        responses.written_at,
        responses.person,
        coalesce(responses.is_own, false) as is_own,
        responses.author,
        responses.is_live,
        responses.is_archived,
        -- a stranger's post that names the brand is itself what is answered there
        coalesce(responses.parent_id, beginnings.response_id) as parent_id
    from core.response as responses
    inner join written_on
        on
            responses.platform = written_on.platform
            and responses.account = written_on.account
            and responses.post_id = written_on.post_id
    left join core.response as beginnings
        on
            responses.platform = beginnings.platform
            and responses.account = beginnings.account
            and nullif(responses.post_id, responses.response_id) = beginnings.response_id
),

parents as (
    select
        responses.*,
        known.response_id as known_parent,
        -- nobody in particular: the brand itself, or somebody whose comment we never saw
        case when not known.is_own then coalesce(known.person, known.response_id) end as parent_person,
        known.parent_id as grandparent_id
    from responses
    left join responses as known
        on
            responses.platform = known.platform
            and responses.account = known.account
            and responses.parent_id = known.response_id
),

places as (
    select
        platform,
        account,
        response_id,
        -- an archive shows no threads: there, what is written below a post is one
        case when is_archived then post_id else coalesce(parent_id, response_id) end as thread
    from parents
    where known_parent is null
    union all
    select
        answers.platform,
        answers.account,
        answers.response_id,
        places.thread
    from places
    inner join parents as answers
        on
            places.platform = answers.platform
            and places.account = answers.account
            and places.response_id = answers.known_parent
),

said as (
    select
        parents.*,
        places.thread
    from parents
    inner join places
        on
            parents.platform = places.platform
            and parents.account = places.account
            and parents.response_id = places.response_id
    -- what was taken back, or never let through, neither asks nor answers
    where parents.is_live and parents.written_at is not null
),

conversations as (
    -- one person in one thread, however often; without a key nobody is told from anybody
    select
        platform,
        account,
        thread,
        coalesce(person, response_id) as person,
        min(written_at) as started_at
    from said
    where not is_own
    group by platform, account, thread, coalesce(person, response_id)
),

answers as (
    select
        said.platform,
        said.account,
        said.thread,
        said.response_id,
        said.written_at,
        coalesce(members.member, 'unattributed') as member,
        -- Below the first comment of a thread, from which some networks hang all answers, everybody there is
        -- answered; deeper down, who wrote what is answered.
        case when said.grandparent_id is not null then said.parent_person end as to_person
    from said
    left join core.team_author as members
        on
            said.platform = members.platform
            and said.account = members.account
            and coalesce(said.author, '') = members.author
    where
        said.is_own
        -- a remark of the brand's own below its post answers nobody
        and (said.parent_id is not null or said.is_archived)
),

met as (
    select
        conversations.platform,
        conversations.account,
        conversations.thread,
        conversations.person,
        min(answers.written_at) as answered_at,
        arg_min(answers.member, row(answers.written_at, answers.response_id)) as member
    from conversations
    inner join answers
        on
            conversations.platform = answers.platform
            and conversations.account = answers.account
            and conversations.thread = answers.thread
            and coalesce(answers.to_person, conversations.person) = conversations.person
            and conversations.started_at <= answers.written_at
    group by conversations.platform, conversations.account, conversations.thread, conversations.person
),

first_answers as (
    select
        conversations.*,
        met.answered_at,
        met.member,
        met.answered_at <= conversations.started_at + interval 24 hours as was_soon
    from conversations
    left join met
        on
            conversations.platform = met.platform
            and conversations.account = met.account
            and conversations.thread = met.thread
            and conversations.person = met.person
),

begun as (
    -- what the team had worked until the question
    select
        first_answers.*,
        hours.seconds_before
        + date_diff('second', hours.opens_at, least(first_answers.started_at, hours.closes_at))
            as worked_before
    from first_answers
    asof left join core.business_hour as hours on first_answers.started_at >= hours.opens_at
    where first_answers.answered_at is not null
),

waits as (
    select
        begun.member,
        begun.platform,
        cast(begun.answered_at at time zone 'UTC' at time zone team.time_zone as date) as day,
        (
            hours.seconds_before
            + date_diff('second', hours.opens_at, least(begun.answered_at, hours.closes_at))
            - begun.worked_before
        ) / 60 as minutes
    from begun
    asof left join core.business_hour as hours on begun.answered_at >= hours.opens_at
    inner join team on true
),

waited as (
    select
        member,
        platform,
        day,
        count(*) as first_responses,
        quantile_cont(minutes, 0.5) as response_minutes_median,
        quantile_cont(minutes, 0.9) as response_minutes_p90
    from waits
    group by member, platform, day
),

reading as (
    -- A night reads what was written until it was read, of its own day at the latest.
    select
        nights.platform,
        nights.account,
        min(nights.window_since) as since,
        max(
            least(
                nights.observed_at,
                (nights.night + interval 1 day) at time zone accounts.day_timezone at time zone 'UTC'
            )
        ) as until_at
    from core.response_night as nights
    inner join core.account as accounts
        on nights.platform = accounts.platform and nights.account = accounts.account
    group by nights.platform, nights.account
),

readers as (
    select
        reading.platform,
        reading.account,
        reading.since,
        -- a question of the last day whose 24 hours are over was asked a day before this one
        cast(reading.until_at at time zone 'UTC' at time zone team.time_zone as date) as until_day,
        -- where nobody answered, who writes there alone is told so
        coalesce(writers.member, 'unattributed') as member,
        accounts.is_configured
    from reading
    inner join team on true
    inner join core.account as accounts
        on reading.platform = accounts.platform and reading.account = accounts.account
    left join core.team_author as writers
        on
            reading.platform = writers.platform
            and reading.account = writers.account
            and writers.author = ''
),

read_days as (
    -- days that are known of every account; one that is no longer configured holds nobody up
    select
        platform,
        coalesce(max(since) filter (where is_configured), max(since)) as since,
        coalesce(min(until_day) filter (where is_configured), min(until_day)) - 1 as until_day
    from readers
    group by platform
),

asked_days as (
    select
        member,
        platform,
        coalesce(max(since) filter (where is_configured), max(since)) as since,
        coalesce(min(until_day) filter (where is_configured), min(until_day)) - 2 as until_day
    from readers
    group by member, platform
),

left_waiting as (
    select
        readers.member,
        readers.platform,
        cast(first_answers.started_at at time zone 'UTC' at time zone team.time_zone as date) as day,
        count(*) filter (where first_answers.was_soon is not true) as conversations
    from first_answers
    inner join team on true
    inner join readers
        on first_answers.platform = readers.platform and first_answers.account = readers.account
    group by all
),

replied as (
    select
        answers.member,
        answers.platform,
        cast(answers.written_at at time zone 'UTC' at time zone team.time_zone as date) as day,
        count(*) as replies
    from answers
    inner join team on true
    group by all
),

posted as (
    select
        coalesce(members.member, 'unattributed') as member,
        posts.platform,
        coalesce(
            cast(posts.published_at at time zone 'UTC' at time zone team.time_zone as date),
            posts.published_day
        ) as day,
        count(*) as posts
    from core.post as posts
    inner join team on true
    left join core.team_author as members
        on
            posts.platform = members.platform
            and posts.account = members.account
            and coalesce(posts.author, '') = members.author
    where posts.published_day >= cast(getvariable('rebuild_from') as date) - 1
    group by all
),

looked_at as (
    -- days whose posts the platform was asked for, and those that it no longer restates
    select
        platform,
        min(first_window_since) as since,
        max(newest_night) - 1 as until_day,
        coalesce(min(final_until) filter (where is_configured), min(final_until)) as final_until
    from core.account
    where kind = 'network' and newest_night is not null
    group by platform
),

cells as (
    select
        member,
        platform,
        day
    from posted
    union
    select
        member,
        platform,
        day
    from replied
    union
    select
        member,
        platform,
        day
    from waited
    union
    select
        left_waiting.member,
        left_waiting.platform,
        left_waiting.day
    from left_waiting
    inner join asked_days
        on
            left_waiting.member = asked_days.member
            and left_waiting.platform = asked_days.platform
            and left_waiting.day between asked_days.since and asked_days.until_day
    where left_waiting.conversations > 0
)

select
    cells.member,
    cells.platform,
    cells.day,
    team.time_zone as day_timezone,
    -- where one looked and found nothing it is a true 0
    coalesce(
        posted.posts, case when cells.day between looked_at.since and looked_at.until_day then 0 end
    ) as posts,
    coalesce(
        replied.replies, case when cells.day between read_days.since and read_days.until_day then 0 end
    ) as replies,
    coalesce(
        waited.first_responses, case when cells.day between read_days.since and read_days.until_day then 0 end
    ) as first_responses,
    waited.response_minutes_median,
    waited.response_minutes_p90,
    case
        when cells.day between asked_days.since and asked_days.until_day
            then coalesce(left_waiting.conversations, 0)
    end as unanswered_24h,
    coalesce(cells.day < looked_at.final_until, false) as is_final
from cells
inner join team on true
left join posted
    on cells.member = posted.member and cells.platform = posted.platform and cells.day = posted.day
left join replied
    on cells.member = replied.member and cells.platform = replied.platform and cells.day = replied.day
left join waited
    on cells.member = waited.member and cells.platform = waited.platform and cells.day = waited.day
left join left_waiting
    on
        cells.member = left_waiting.member
        and cells.platform = left_waiting.platform
        and cells.day = left_waiting.day
left join asked_days
    on cells.member = asked_days.member and cells.platform = asked_days.platform
left join read_days on cells.platform = read_days.platform
left join looked_at on cells.platform = looked_at.platform
where cells.day >= cast(getvariable('rebuild_from') as date)
order by cells.day
