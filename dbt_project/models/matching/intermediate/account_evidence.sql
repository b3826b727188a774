{{ config(materialized='table') }}

with pairs as (
    select
        account_id,
        user_id,
        min(role) as role
    from {{ ref('account_pairs') }}
    where user_id is not null
    group by account_id, user_id
),

accounts as (
    select *
    from {{ ref('matchable_accounts') }}
    where account_id in (select pairs.account_id from pairs)
),

users as (
    select *
    from {{ ref('matchable_users') }}
    where user_id in (select pairs.user_id from pairs)
),

{{ evidence_of('pairs') }}

select
    account_id,
    user_id,
    role,
    dob,
    suffix,
    names,
    first_name,
    middle_name,
    school,
    has_that_name,
    account_first is not null and account_last is not null as has_names
from evidence
