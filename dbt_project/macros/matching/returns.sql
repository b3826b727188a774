{#-
Accounts that were deleted and came back, each time they did: `is_another` if under the old ID there is somebody else now,
as databases give IDs again. That is another birthday, first and last name both unlike, or nothing in common at all.
`accounts` is a condition on `account_id`.
-#}
{% macro account_returns(accounts) -%}
{%- set keys = {
    'dob': birthday_key('dob'),
    'first': name_key('first_name'),
    'last': last_name_key('last_name'),
    'email': address_key('email'),
    'username': address_key('username'),
    'sis_id': number_key('sis_id'),
    'student_number': number_key('student_number'),
    'state_id': number_key('state_id'),
    'teacher_number': number_key('teacher_number'),
} -%}
{%- set own = keys.keys() | list | reject('in', ['dob', 'first', 'last']) | list -%}
select
    account_id,
    load_id,
    observed_at,
    coalesce(dob_key <> previous_dob_key, false)
    or coalesce(
        {{ unlike('first_key', 'previous_first_key') }} and {{ unlike('last_key', 'previous_last_key') }}, false
    )
    or (
        coalesce(
            previous_first_key, previous_last_key, previous_{{ own | join('_key, previous_') }}_key
        ) is not null
        and not coalesce(first_key = previous_first_key and last_key = previous_last_key, false)
        {%- for key in own %}
        and not coalesce({{ key }}_key = previous_{{ key }}_key, false)
        {%- endfor %}
    ) as is_another
from (
    select
        *,
        {%- for key in keys %}
        lag({{ key }}_key) over (partition by account_id order by load_id) as previous_{{ key }}_key
        {{- ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            account_id,
            load_id,
            observed_at,
            change,
            {%- for key, expression in keys.items() %}
            {{ expression }} as {{ key }}_key{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ ref('account_log') }}
        where account_id in (
            select restored.account_id
            from {{ ref('account_log') }} as restored
            where restored.change = 'restored' and {{ accounts }}
        )
    ) as keyed
) as compared
where change = 'restored'
{%- endmacro %}
