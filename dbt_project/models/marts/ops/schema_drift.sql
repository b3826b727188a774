{{ config(materialized='table') }}

{#-
Where values come from a documented list: the history, Clever's list of its records, and of each column the path at
Clever and the list. A history is read once, whatever the number of its columns: few rows hold an unknown value.
-#}
{%- set student = 'roles.student.' -%}
{%- set relationships = 'roles.contact.student_relationships.' -%}
{%- set histories = [
    ('school', 'schools', {'low_grade': ('low_grade', 'grade'), 'high_grade': ('high_grade', 'grade')}),
    ('section', 'sections', {'subject': ('subject', 'subject'), 'grade': ('grade', 'grade')}),
    ('student', 'users', {
        'grade': (student ~ 'grade', 'grade'),
        'gender': (student ~ 'gender', 'gender'),
        'race': (student ~ 'race', 'race'),
        'hispanic_ethnicity': (student ~ 'hispanic_ethnicity', 'yes_or_no'),
        'ell_status': (student ~ 'ell_status', 'yes_or_no'),
        'frl_status': (student ~ 'frl_status', 'frl_status'),
        'disability_disability_code': (student ~ 'disability.disability_code', 'disability_code'),
    }),
    ('contact', 'users', {'phone_type': ('roles.contact.phone_type', 'phone_type')}),
    ('contact_relationship', 'users', {
        'relationship': (relationships ~ 'relationship', 'relationship'),
        'relationship_type': (relationships ~ 'type', 'relationship_type'),
    }),
] -%}

with fields as (
    select
        drift.district_id,
        drift.object,
        drift.path,
        drift.kind,
        syncs.observed_at,
        drift.records
    from {{ source('clever_raw', 'schema_drift') }} as drift
    inner join {{ ref('stg_clever__syncs') }} as syncs
        on
            drift.sync_id = syncs.sync_id
            and drift.district_id = syncs.district_id
            and syncs.status = 'complete'
),

{% for singular, object, columns in histories -%}
of_{{ singular }} as (
    select
        district_id,
        {%- for column, (path, enum) in columns.items() %}
        {{ is_undocumented(column, enum) }} as {{ column }},
        {%- endfor %}
        valid_from
    from {{ ref(singular ~ '_history') }}
    where
        {%- if singular != 'contact_relationship' %}
        record_status = 'active' and
        {%- endif %} (
            {%- for column, (path, enum) in columns.items() %}
            {{ 'or ' if not loop.first }}{{ is_undocumented(column, enum) }}
            {%- endfor %}
        )
),

{% endfor -%}
vals as (
    {% for singular, object, columns in histories -%}
    {%- set is_last_history = loop.last -%}
    {%- for column, (path, enum) in columns.items() -%}
    select
        district_id,
        '{{ object }}' as object,
        '{{ path }}' as path,
        'value' as kind,
        valid_from as observed_at,
        1 as records
    from of_{{ singular }}
    where {{ column }}
    {% if not (loop.last and is_last_history) %}union all{% endif %}
    {% endfor -%}
    {% endfor %}
),

drift as (
    select * from fields
    union all
    select * from vals
)

select
    district_id,
    object,
    path,
    kind,
    min(observed_at) as first_seen_at,
    max(observed_at) as last_seen_at,
    cast(sum(records) as {{ dbt.type_bigint() }}) as records
from drift
group by district_id, object, path, kind
