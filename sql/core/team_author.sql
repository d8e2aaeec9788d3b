-- grain: one row per platform, account, author ('' where the platform names none): the member that it is
-- key: platform, account, author
-- rebuild: whole
select
    accounts.platform,
    accounts.account,
    coalesce(authors.author, '') as author,
    authors.member
from seed.team_author as authors
inner join core.account as accounts
    on
        authors.platform = accounts.platform
        -- a name without an account is the same person on all of them
        and coalesce(authors.account, accounts.account) = accounts.account
