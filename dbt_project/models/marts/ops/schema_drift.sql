{{ config(materialized='table') }}

{#- Where values come from a documented list: the history, its column, the path at Clever, and the list. -#}
{%- set enums = [
    ('school', 'schools', 'low_grade', 'low_grade', 'grade'),
    ('school', 'schools', 'high_grade', 'high_grade', 'grade'),
    ('section', 'sections', 'subject', 'subject', 'subject'),
    ('section', 'sections', 'grade', 'grade', 'grade'),
    ('student', 'users', 'grade', 'roles.student.grade', 'grade'),
    ('student', 'users', 'gender', 'roles.student.gender', 'gender'),
    ('student', 'users', 'race', 'roles.student.race', 'race'),
    ('student', 'users', 'hispanic_ethnicity', 'roles.student.hispanic_ethnicity', 'yes_or_no'),
    ('student', 'users', 'ell_status', 'roles.student.ell_status', 'yes_or_no'),
    ('student', 'users', 'frl_status', 'roles.student.frl_status', 'frl_status'),
    (
        'student', 'users', 'disability_disability_code', 'roles.student.disability.disability_code',
        'disability_code',
    ),
    ('contact', 'users', 'phone_type', 'roles.contact.phone_type', 'phone_type'),
    (
        'contact_relationship', 'users', 'relationship', 'roles.contact.student_relationships.relationship',
        'relationship',
    ),
    (
        'contact_relationship', 'users', 'relationship_type', 'roles.contact.student_relationships.type',
        'relationship_type',
    ),
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

vals as (
    {% for singular, object, column, path, enum in enums -%}
    select
        district_id,
        '{{ object }}' as object,
        '{{ path }}' as path,
        'value' as kind,
        valid_from as observed_at,
        1 as records
    from {{ ref(singular ~ '_history') }}
    where
        {{ column }} not in (
            {% for value in known_values(enum) -%}
            '{{ value }}'{{ ', ' if not loop.last }}
            {% endfor %}
        )
        {%- if singular != 'contact_relationship' %}
        and record_status = 'active'
        {%- endif %}
    {% if not loop.last %}union all{% endif %}
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
