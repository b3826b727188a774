{#-
What may be shared with those of whom something is new since the last build, as they are now or ever were. Nothing where
all accounts are judged. A table, not a part of who asks: the planner must see how few rows these are before it reads a
million.
-#}
{{ config(materialized='table') }}

{%- if candidates_of_before() is none %}
select
    cast(null as {{ dbt.type_string() }}) as rule,
    cast(null as {{ dbt.type_string() }}) as key
where false

{%- else %}
with accounts as (
    select
        *,
        district_ref as district_id
    from {{ ref('account_log') }}
    where account_id in ({{ accounts_told_anew() }})
),

changed_users as (
    {{ users_told_anew() }}
),

users as (
    {{ people_of_clever('user_id in (select changed.id from changed_users as changed)') }}
)

select
    rule,
    key
from ({{ keys_of('account', 'accounts') }}) as of_accounts
union
select
    rule,
    key
from ({{ keys_of('user', 'users') }}) as of_users
{%- for people in ['accounts', 'users'] %}
union
select
    'birthday' as rule,
    cast(dob as {{ dbt.type_string() }}) as key
from {{ people }}
{%- endfor %}
union
select
    'name' as rule,
    {{ name_to_the_letter('users') }} as key
from users
{%- endif %}
