-- '0417' and 417 do not meet: leading zeros are a part of an ID, and a database that lost them cannot give them back.
with
accounts as (
    select distinct account_id from {{ ref('account_links') }}
),

numbers as (
    select distinct trim(leading '0' from account_id) as number from accounts
)

select
    records.progress_id,
    records.user_ref,
    case
        when
            numbers.number is not null and accounts.account_id is null
            and records.unmatched_reason = 'no such user is known'
            then 'no such user is known; an account differs by leading zeros'
        else records.unmatched_reason
    end as reason,
    records.kind,
    records.occurred_at,
    records.score,
    records.duration_seconds,
    records.payload,
    records.record_status,
    records.withdrawn_at
from {{ ref('progress_records') }} as records
left join accounts on records.user_ref = accounts.account_id
left join numbers on trim(leading '0' from records.user_ref) = numbers.number
where records.unmatched_reason is not null
