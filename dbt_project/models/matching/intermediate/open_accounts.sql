{#- Read when suggestions are made, and by no other model. -#}
{%- set texts = [
    'first_name', 'middle_name', 'last_name', 'suffix', 'email', 'username', 'sis_id', 'student_number', 'state_id',
    'teacher_number', 'grade',
] -%}
with matched as (
    {{ matches_in_force() }}
)

select
    accounts.account_id,
    accounts.district_id,
    accounts.role,
    {%- for column in texts %}
    accounts.{{ column }},
    {%- endfor %}
    accounts.dob,
    -- The application has one number for both: what it has of staff is the district's own.
    case when accounts.role = 'staff' then accounts.sis_id end as staff_id,
    case when accounts.school_id is not null then {{ split_list('accounts.school_id') }} end as school_ids,
    {{ text_print_of(['accounts.district_id', 'accounts.role', 'accounts.dob', 'accounts.school_id']
        + texts | map('replace', '', 'accounts.', 1) | list) }} as print
from {{ ref('matchable_accounts') }} as accounts
left join matched on accounts.account_id = matched.account_id
where
    accounts.is_present
    and accounts.district_id is not null
    and (accounts.role is not null or accounts.told_role is null)
    and matched.account_id is null
