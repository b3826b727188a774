{#- Few rows, made again as a whole: a table, as the published file has no log to look into. -#}
{{ config(materialized='table') }}

{%- set says = ['kind', 'district_id', 'user_id', 'section_id', 'group_id', 'name', 'role', 'permission', 'made_by'] -%}
{%- set wants = {
    'add_student': ['user_id', 'section_id'],
    'remove_student': ['user_id', 'section_id'],
    'add_role': ['user_id', 'role'],
    'add_permission': ['user_id', 'permission'],
    'add_user': ['user_id'],
    'add_group': ['group_id'],
    'add_to_group': ['user_id', 'group_id'],
} -%}

with accounts as (
    select
        account_id,
        max_by(clever_id, load_id) as clever_id
    from {{ ref('stg_application__accounts') }}
    group by account_id
),

log as (
    select
        log.edit_id,
        log.load_id,
        log.kind,
        log.district_id,
        coalesce(accounts.clever_id, log.user_ref) as user_id,
        log.section_id,
        log.group_id,
        log.name,
        log.role,
        log.permission,
        log.made_by,
        log.observed_at,
        coalesce(log.made_at, log.observed_at) as made_at,
        case when log.change = 'withdrawn' then coalesce(log.withdrawn_at, log.observed_at) else log.withdrawn_at end
            as withdrawn_at
    from {{ ref('stg_application__manual_edits') }} as log
    left join accounts on log.user_ref = accounts.account_id
),

printed as (
    select
        *,
        {{ print_of(says) }} as print
    from log
),

compared as (
    select
        *,
        row_number() over in_order = 1 as is_first,
        print is distinct from lag(print) over in_order
        or withdrawn_at is distinct from lag(withdrawn_at) over in_order as is_change
    from printed
    window in_order as (partition by edit_id order by load_id)
),

-- An edit counts from when it was made; what is changed of it later, from when that was seen. A time of withdrawal
-- that becomes known later counts from itself.
versions as (
    select
        *,
        case when is_first then made_at else observed_at end as valid_from,
        least(
            lead(observed_at) over in_order,
            min(withdrawn_at) over (
                partition by edit_id order by load_id rows between current row and unbounded following
            )
        ) as valid_to
    from compared
    where is_first or is_change
    window in_order as (partition by edit_id order by load_id)
),

people as (
    select
        student_id as user_id,
        district_id
    from {{ ref('student_history') }}
    where is_current
    union all
    select
        user_id,
        max(district_id) as district_id
    from log
    where
        kind = 'add_user'
        and user_id not in (select students.student_id from {{ ref('student_history') }} as students)
    group by user_id
),

groups as (
    select distinct group_id from log
    where kind = 'add_group'
)

select
    versions.edit_id,
    {% for column in says -%}
    versions.{{ column }},
    {% endfor -%}
    case
        when versions.valid_to <= versions.made_at then 'it was withdrawn before it was made'
        {%- for column in ['user_id', 'section_id', 'group_id', 'role', 'permission'] %}
        {%- set kinds = [] -%}
        {%- for kind, columns in wants.items() if column in columns -%}
            {%- do kinds.append(kind) -%}
        {%- endfor %}
        when versions.{{ column }} is null and versions.kind in ('{{ kinds | join("', '") }}')
            then 'it names no {{ column.removesuffix('_id') }}'
        {%- endfor %}
        when versions.kind is null or versions.kind not in ('{{ wants | join("', '") }}') then 'it is of no known kind'
        when versions.section_id is not null and sections.section_id is null then 'no such section is known'
        when versions.kind in ('add_student', 'remove_student', 'add_to_group') and people.user_id is null
            then 'no such student is known'
        when versions.kind in ('add_student', 'remove_student') and people.district_id <> sections.district_id
            then 'the student is in another district'
        when versions.kind = 'add_to_group' and groups.group_id is null then 'no such group is known'
    end as problem,
    versions.valid_from,
    versions.valid_to,
    versions.valid_to is null as is_current
from versions
left join {{ ref('section_history') }} as sections
    on versions.section_id = sections.section_id and sections.is_current
left join people on versions.user_id = people.user_id
left join groups on versions.group_id = groups.group_id
where versions.valid_to is null or versions.valid_from < versions.valid_to or versions.is_first
