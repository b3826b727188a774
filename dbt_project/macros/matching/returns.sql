{#-
Accounts that were deleted and came back, each time they did: `is_another` if under the old ID there is somebody else now,
as databases give IDs again. That is another birthday, first and last name both unlike, or nothing in common at all.
`accounts` is a condition on `account_id`.
-#}
{% macro account_returns(accounts) -%}
{%- set numbers = ['sis_id', 'student_number', 'state_id', 'teacher_number'] -%}
select
    account_id,
    load_id,
    observed_at,
    coalesce(dob <> previous_dob, false)
    or coalesce(
        {{ unlike('first_key', 'previous_first_key') }} and {{ unlike('last_key', 'previous_last_key') }}, false
    )
    or not coalesce(first_key = previous_first_key and last_key = previous_last_key, false)
    and not coalesce(email_key = previous_email_key, false)
    and not coalesce(username_key = previous_username_key, false)
    {%- for number in numbers %}
    and not coalesce({{ number }}_key = previous_{{ number }}_key, false)
    {%- endfor %}
    and (
        previous_first_key is not null or previous_last_key is not null or previous_email_key is not null
        or previous_username_key is not null
        {%- for number in numbers %} or previous_{{ number }}_key is not null{% endfor %}
    ) as is_another
from (
    select
        *,
        {%- for key in ['dob'] + ['first', 'last', 'email', 'username'] + numbers %}
        lag({{ key if key == 'dob' else key ~ '_key' }}) over (partition by account_id order by load_id)
            as previous_{{ key if key == 'dob' else key ~ '_key' }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            account_id,
            load_id,
            observed_at,
            change,
            {{ birthday_key('dob') }} as dob,
            {{ name_key('first_name') }} as first_key,
            {{ last_name_key('last_name') }} as last_key,
            {{ address_key('email') }} as email_key,
            {{ address_key('username') }} as username_key,
            {%- for number in numbers %}
            {{ number_key(number) }} as {{ number }}_key{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ ref('stg_application__accounts') }}
        where account_id in (
            select restored.account_id
            from {{ ref('stg_application__accounts') }} as restored
            where restored.change = 'restored' and {{ accounts }}
        )
    ) as keyed
) as compared
where change = 'restored'
{%- endmacro %}
