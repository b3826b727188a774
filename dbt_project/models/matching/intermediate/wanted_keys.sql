{{ config(materialized='table') }}

with open as (
    select
        accounts.account_id,
        accounts.district_id,
        accounts.role,
        accounts.first_name,
        accounts.last_name,
        accounts.dob,
        accounts.email,
        accounts.username,
        accounts.sis_id,
        accounts.student_number,
        accounts.state_id,
        accounts.teacher_number
    from {{ ref('matchable_accounts') }} as accounts
    inner join {{ ref('accounts_to_judge') }} as judged on accounts.account_id = judged.account_id
    where judged.is_open
)

-- In whatever role: a user of two roles is one user.
select distinct
    district_id,
    rule,
    key
from ({{ keys_of('account', 'open') }}) as keys
where district_id is not null
