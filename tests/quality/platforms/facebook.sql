-- Comments below the posts of the page: three under each, written in the evening of its day: by two people and by
-- the page itself. One was taken away, with its answer; nobody writes to the small page or to the new one.
insert into ops.stream_night by name
select
    platform, account, night, 'post_comments' as stream, true as delivered, case when account = 'page' then 84 else 0 end as rows,
    observed_at, night as newest_day
from ops.ledger
where platform = 'facebook';

insert into staging.facebook_response by name
select
    'facebook' as platform, 'page' as account, night as day, 'America/Los_Angeles' as day_timezone,
    'said_' || i || '_' || k as response_id, 'page_' || i as post_id,
    case when k = 3 then 'said_' || i || '_1' end as parent_id, night + interval 20 hours + interval 7 minutes * k as written_at,
    case k when 1 then '0123456789abcdef01234567' when 2 then '89abcdef0123456789abcdef' else 'fedcba9876543210fedcba98' end
        as person,
    k = 3 as is_own, true as is_live, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values (1), (2), (3)) as each_ (k);

insert into staging.facebook_response by name
select * replace (false as is_live, date '2026-11-01' as night, timestamp '2026-11-02 03:00:00' as observed_at)
from staging.facebook_response
where response_id in ('said_14_1', 'said_14_3');
