{#- Every account ever told, once. -#}
with reviewed as (
    select
        account_id,
        min(reason) as reason,
        count(user_id) as candidates
    from {{ ref('review_cases') }}
    group by account_id
),

refused as (
    select distinct account_id from {{ ref('match_decisions') }}
    where object = 'account' and decision in ('reject', 'apart') and is_standing
),

matches as (
    {{ matches_in_force() }}
),

districts as (
    select count(*) as how_many from {{ ref('districts') }}
),

judged as (
    select
        accounts.account_id,
        matches.user_id,
        coalesce(users.district_id, accounts.district_id) as district_id,
        accounts.role,
        matches.rule,
        reviewed.candidates,
        case
            when not accounts.is_present then 'withdrawn'
            when matches.account_id is not null and users.user_id is null then 'unknown user'
            when matches.account_id is not null then 'matched'
            when accounts.told_role is not null and accounts.role is null then 'other role'
            when accounts.district_id is null then 'no district'
            when reviewed.account_id is not null then 'review'
            when
                coalesce(
                    accounts.sis_id, accounts.student_number, accounts.state_id, accounts.teacher_number,
                    accounts.email, accounts.username, accounts.last_name, accounts.first_name
                ) is null
                then 'nothing to match by'
            else 'no candidate'
        end as status,
        case
            when accounts.district_ref is not null then 'it names a district that is not known'
            when accounts.school_ref is not null then 'it names a school that is not known'
            when districts.how_many = 0 then 'no district is known yet'
            else 'it names no district, and there are several'
        end as why_no_district,
        reviewed.reason,
        refused.account_id is not null as is_refused
    from {{ ref('matchable_accounts') }} as accounts
    left join matches on accounts.account_id = matches.account_id
    left join {{ ref('users') }} as users on matches.user_id = users.user_id
    left join reviewed on accounts.account_id = reviewed.account_id
    left join refused on accounts.account_id = refused.account_id
    cross join districts
)

select
    account_id,
    status,
    case status
        when 'withdrawn' then 'the application has it no more'
        when 'unknown user' then 'the application links it with a Clever ID that no district has shown'
        when 'matched' then 'by ' || rule || case when reason is not null then '; ' || reason else '' end
        when 'other role' then 'its role is none of Clever''s'
        when 'no district' then why_no_district
        when 'review' then reason
        when 'nothing to match by' then 'it has no name, number, address or user name'
        when 'no candidate' then
            case
                when is_refused
                    then 'a person said whose it is not, and nobody else in its district has what it has'
                else 'nobody in its district has what it has'
            end
    end as reason,
    user_id,
    district_id,
    role,
    coalesce(candidates, 0) as candidates
from judged
