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
{%- set wanted = ['user_id', 'section_id', 'group_id', 'role', 'permission'] -%}

with accounts as (
    {{ accounts() }}
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
        case when log.change = 'withdrawn' then least(log.withdrawn_at, log.observed_at) else log.withdrawn_at end
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
        lag(print) over in_order as previous_print,
        lag(withdrawn_at) over in_order as previously_withdrawn_at,
        -- A time of withdrawal that becomes known later counts from itself.
        min(withdrawn_at) over (
            partition by edit_id order by load_id rows between current row and unbounded following
        ) as ends_at
    from printed
    window in_order as (partition by edit_id order by load_id)
),

-- An edit counts from when it was made; what is changed of it later, or a withdrawal that is put off or taken back,
-- from when that was seen.
begun as (
    select
        *,
        case when is_first then made_at else greatest(made_at, observed_at) end as valid_from
    from compared
    where is_first or print <> previous_print or coalesce(withdrawn_at, {{ far_future() }}) > previously_withdrawn_at
),

ended as (
    select
        *,
        least(lead(observed_at) over (partition by edit_id order by load_id), ends_at) as valid_to
    from begun
),

-- Versions that never held are none, unless the edit has no other.
versions as (
    select *
    from (
        select
            *,
            valid_to is null or valid_from < valid_to as has_held,
            max(case when valid_to is null or valid_from < valid_to then load_id end) over (partition by edit_id)
                as last_that_held,
            max(load_id) over (partition by edit_id) as last_load_id
        from ended
    ) as weighed
    where has_held or last_that_held is null and load_id = last_load_id
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
        and user_id not in (select users.user_id from {{ ref('user_history') }} as users)
    group by user_id
),

groups as (
    select distinct group_id from log
    where kind = 'add_group'
),

kinds as (
    {% for kind, columns in wants.items() -%}
    select
        '{{ kind }}' as kind,
        {%- for column in wanted %}
        {{ column in columns }} as wants_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    versions.edit_id,
    {% for column in says -%}
    versions.{{ column }},
    {% endfor -%}
    case
        when not versions.has_held then 'it was withdrawn before it began'
        when kinds.kind is null then 'it is of no known kind'
        {%- for column in wanted %}
        when kinds.wants_{{ column }} and versions.{{ column }} is null
            then 'it names no {{ column.removesuffix('_id') }}'
        {%- endfor %}
        when versions.section_id is not null and sections.section_id is null then 'no such section is known'
        when kinds.kind in ('add_student', 'remove_student', 'add_to_group') and people.user_id is null
            then 'no such student is known'
        when kinds.kind in ('add_student', 'remove_student') and people.district_id <> sections.district_id
            then 'the student is in another district'
        when kinds.kind = 'add_to_group' and groups.group_id is null then 'no such group is known'
    end as problem,
    versions.valid_from,
    versions.valid_to,
    versions.valid_to is null as is_current
from versions
left join kinds on versions.kind = kinds.kind
left join {{ ref('section_history') }} as sections
    on versions.section_id = sections.section_id and sections.is_current
left join people on versions.user_id = people.user_id
left join groups on versions.group_id = groups.group_id
