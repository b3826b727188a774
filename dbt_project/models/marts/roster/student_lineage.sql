{#- A birthday does not change, only what is known of it does: the last known counts. Names and numbers do change. -#}
{%- set same_birthday = 'successor.last_dob = predecessor.last_dob' -%}
{%- set same_first_name = same_name('successor.came_first_name', 'predecessor.last_first_name') -%}
{%- set same_last_name = same_name('successor.came_last_name', 'predecessor.last_last_name') -%}
{{ lineage(
    'student',
    'students',
    ['sis_id', 'dob', 'first_name', 'last_name'],
    'successor.came_sis_id = predecessor.last_sis_id
            and coalesce(' ~ same_birthday ~ ', true)
            and (coalesce(' ~ same_first_name ~ ', true) or coalesce(' ~ same_last_name ~ ', true))',
    'case when ' ~ same_birthday ~ ' then 1 else 0 end
        + case when ' ~ same_first_name ~ ' then 1 else 0 end
        + case when ' ~ same_last_name ~ ' then 1 else 0 end'
) }}
