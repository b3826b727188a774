{#- Few rows, made again as a whole. -#}
{{ config(materialized='table') }}

{%- set says = ['kind', 'district_id', 'section_id', 'group_id', 'name', 'role', 'permission', 'made_by'] -%}
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

with log as (
    select
        edit_id,
        load_id,
        kind,
        district_id,
        user_ref,
        section_id,
        group_id,
        name,
        role,
        permission,
        made_by,
        observed_at,
        coalesce(made_at, observed_at) as made_at,
        case when change = 'withdrawn' then least(withdrawn_at, observed_at) else withdrawn_at end as withdrawn_at
    from {{ ref('stg_application__manual_edits') }}
),

printed as (
    select
        *,
        {{ print_of(says + ['user_ref']) }} as print
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

-- Whom an account means in an edit. What was told before the first link was seen stays the account's own until then:
-- so it was published. Told with it or later, it is the linked user's from its beginning.
called as (
    select
        account_id,
        coalesce(clever_id, account_id) as user_id,
        case when clever_id is not null and valid_from = {{ far_past() }} then load_id else 0 end as told_since,
        cast(null as {{ dbt.type_bigint() }}) as told_before,
        valid_from,
        valid_to
    from {{ ref('account_links') }}
    where account_id in (select versions.user_ref from versions)
    union all
    select
        account_id,
        account_id as user_id,
        0 as told_since,
        load_id as told_before,
        valid_from,
        linked_at as valid_to
    from {{ ref('account_links') }}
    where clever_id is not null and valid_from = {{ far_past() }}
    union all
    select
        account_id,
        clever_id as user_id,
        0 as told_since,
        load_id as told_before,
        linked_at as valid_from,
        valid_to
    from {{ ref('account_links') }}
    where
        clever_id is not null
        and valid_from = {{ far_past() }}
        and (valid_to is null or linked_at < valid_to)
),

-- A version that an account's link changes under is in pieces, each of whom the account belonged to then.
pieces as (
    select
        versions.edit_id,
        {%- for column in says %}
        versions.{{ column }},
        {%- endfor %}
        coalesce(called.user_id, versions.user_ref) as user_id,
        versions.has_held,
        case
            when versions.has_held then greatest(versions.valid_from, called.valid_from) else versions.valid_from
        end as valid_from,
        case when versions.has_held then least(versions.valid_to, called.valid_to) else versions.valid_to end
            as valid_to
    from versions
    left join called
        on
            versions.user_ref = called.account_id
            and versions.load_id >= called.told_since
            and (called.told_before is null or versions.load_id < called.told_before)
            and (called.valid_to is null or versions.valid_from < called.valid_to)
            and (
                versions.valid_from >= called.valid_from
                or versions.has_held and coalesce(versions.valid_to, {{ far_future() }}) > called.valid_from
            )
),

-- Everybody who ever could be put into a section: also users added by hand before Clever showed them, where their edit
-- says, if it does.
people as (
    select
        student_id as user_id,
        district_id
    from {{ ref('student_history') }}
    where is_current and student_id in (select pieces.user_id from pieces)
    union
    select
        pieces.user_id,
        pieces.district_id
    from pieces
    left join {{ ref('user_history') }} as users on pieces.user_id = users.user_id and users.is_current
    where pieces.kind = 'add_user' and (users.user_id is null or pieces.valid_from < users.first_seen_at)
),

known as (
    select distinct user_id from people
),

sections as (
    select
        section_id,
        district_id
    from {{ ref('section_history') }}
    where is_current and section_id in (select pieces.section_id from pieces)
),

neighbours as (
    select distinct
        people.user_id,
        sections.section_id
    from people
    inner join sections on people.district_id is null or people.district_id = sections.district_id
),

-- The district of a group is its section's, or the one its edit names, or any.
group_districts as (
    select distinct
        log.group_id,
        coalesce(sections.district_id, log.district_id) as district_id
    from log
    left join {{ ref('section_history') }} as sections on log.section_id = sections.section_id and sections.is_current
    where log.kind = 'add_group'
),

groups as (
    select distinct group_id from group_districts
),

companions as (
    select distinct
        people.user_id,
        group_districts.group_id
    from people
    inner join group_districts
        on
            people.district_id is null
            or group_districts.district_id is null
            or people.district_id = group_districts.district_id
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
    pieces.edit_id,
    pieces.user_id,
    {% for column in says -%}
    pieces.{{ column }},
    {% endfor -%}
    case
        when not pieces.has_held then 'it was withdrawn before it began'
        when kinds.kind is null then 'it is of no known kind'
        {%- for column in wanted %}
        when kinds.wants_{{ column }} and pieces.{{ column }} is null
            then 'it names no {{ column.removesuffix('_id') }}'
        {%- endfor %}
        when pieces.section_id is not null and sections.section_id is null then 'no such section is known'
        when
            kinds.kind in ('add_student', 'remove_student', 'add_to_group')
            and known.user_id is null
            then 'no such student is known'
        when kinds.kind in ('add_student', 'remove_student') and neighbours.user_id is null
            then 'the student is in another district'
        when kinds.kind = 'add_to_group' and groups.group_id is null then 'no such group is known'
        when kinds.kind = 'add_to_group' and companions.user_id is null then 'the student is in another district'
    end as problem,
    pieces.valid_from,
    pieces.valid_to
from pieces
left join kinds on pieces.kind = kinds.kind
left join sections on pieces.section_id = sections.section_id
left join known on pieces.user_id = known.user_id
left join neighbours on pieces.user_id = neighbours.user_id and pieces.section_id = neighbours.section_id
left join groups on pieces.group_id = groups.group_id
left join companions on pieces.user_id = companions.user_id and pieces.group_id = companions.group_id
