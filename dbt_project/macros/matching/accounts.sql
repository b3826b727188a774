{#- What of users is compared with accounts, by role; `condition` chooses rows of their histories (by `user_id`). -#}
{% macro people_of_clever(condition) -%}
{%- set of_role = {
    'student': {
        'sis_id': 'sis_id', 'student_number': 'student_number', 'state_id': 'state_id',
        'district_username': 'district_username', 'dob': 'dob', 'grade': 'grade',
        'preferred_first_name': 'preferred_name_first',
    },
    'teacher': {
        'sis_id': 'sis_id', 'teacher_number': 'teacher_number', 'state_id': 'state_id',
        'district_username': 'district_username',
    },
    'staff': {'staff_id': 'staff_sis_id', 'district_username': 'district_username'},
    'district_admin': {},
    'contact': {'sis_id': 'sis_id'},
} -%}
{%- set texts = [
    'sis_id', 'student_number', 'state_id', 'teacher_number', 'staff_id', 'district_username', 'grade',
    'preferred_first_name',
] -%}
{%- for role, has in of_role.items() %}
select
    {{ role }}_id as user_id,
    district_id,
    '{{ role }}' as role,
    first_name,
    middle_name,
    last_name,
    email,
    {%- for column in texts %}
    {{ has[column] if column in has else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as {{ column }},
    {%- endfor %}
    {{ has['dob'] if 'dob' in has else 'cast(null as date)' }} as dob,
    {{ 'school_id' if role in ('student', 'teacher') else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as school_id,
    record_status
from {{ ref(role ~ '_history') }}
where {{ condition | replace('user_id', role ~ '_id') }}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
{%- endmacro %}


{#- The table of a model of `intermediate` as the last build left it; none in a build that makes everything again. -#}
{% macro table_of_before(name) -%}
    {%- if execute and flags.FULL_REFRESH -%}
        {{ return(none) }}
    {%- elif execute -%}
        {{ return(adapter.get_relation(database=catalog('build'), schema='intermediate', identifier=name)) }}
    {%- endif -%}
    {#- While the project is parsed all that may be read has to be seen. -#}
    {{ return(api.Relation.create(database=catalog('build'), schema='intermediate', identifier=name)) }}
{%- endmacro %}


{#-
The candidates that the last build left, or none where all have to be judged again: there are none yet, or what tells to
which district or school accounts belong has changed, or so much is new that to look for whom it concerns costs more.
-#}
{% macro candidates_of_before() -%}
    {%- set candidates = table_of_before('account_candidates') -%}
    {%- set left_out = table_of_before('predecessors_left_out') -%}
    {%- set places -%}
    select 1 as why
    where
        exists (select 1 from {{ ref('touched_records') }} as touched where touched.object in ('schools', 'districts'))
        {%- for object in ['district', 'school'] %}
        or exists (
            select 1 from {{ source('application_raw', 'crm_' ~ object ~ 's') }} as told
            where told.load_id > {{ application_watermark() }}
        )
        or exists (
            select 1 from {{ ref(object ~ '_match_log') }} as matched
            where matched.load_id >= {{ first_new_load() }} or matched.news_id >= {{ first_news() }}
        )
        {%- endfor %}
        or 20 * (
            (select count(*) from {{ ref('touched_records') }} as touched where touched.object = 'users')
            + (
                select count(*) from {{ source('application_raw', 'accounts') }} as told
                where told.load_id > {{ application_watermark() }}
            )
        ) > (select 20000 + count(*) from {{ ref('account_records') }} as accounts)
    {%- endset -%}
    {%- if execute and (not candidates or not left_out or dbt.run_query(places) | length) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(candidates) }}
{%- endmacro %}
