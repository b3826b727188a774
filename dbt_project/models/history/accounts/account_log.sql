{#-
To read an ID, a number, a role or a birthday in whatever way it was written costs more than anything that is asked of it
after: it is done once.
-#}
{{ config(unique_key='load_id') }}

select
    account_id,
    load_id,
    observed_at,
    change,
    change <> 'withdrawn' as is_present,
    clever_id,
    district_ref,
    school_ref,
    {{ said('role') }} as told_role,
    {{ clever_role('role') }} as role,
    {{ said('first_name') }} as first_name,
    {{ said('middle_name') }} as middle_name,
    {{ said('last_name') }} as last_name,
    {{ said('suffix') }} as suffix,
    dob,
    {{ said('email') }} as email,
    {{ said('username') }} as username,
    sis_id,
    student_number,
    state_id,
    teacher_number,
    {{ said('grade') }} as grade
from {{ ref('stg_application__accounts') }}
{% if is_incremental() -%}
where load_id > {{ application_watermark_number() }}
{%- endif %}
