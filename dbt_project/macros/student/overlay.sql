{#-
What is in force of Clever's roster and the edits laid over it, as intervals. The one place where both meet.

    Clever: A in X      Mon - Wed           Fri -         in force   Mon - Wed   clever
    edit: add A to X          Tue -                                  Wed - Thu   application (until X is archived)
    X is active         Mon -       Thu     Fri -                    Fri -       clever (the edit is absorbed)

CTEs, of which the last, `overlaid`, has `key`, the columns in `says`, `managed_by`, `edit_id`, `valid_from`,
`valid_to` and `is_current`. They are made of CTEs that stand before them:
    concerned   what edits concern (a student in a section, a role of a user): `key` and the columns in `says`
    edits       `key`, interval, `source` (`add` or `remove`), `edit_id`; the last wins, and against Clever any
    `clever`    `key` and interval of what Clever says; none where it has no say
    `needed`    without each of them an edit sleeps (the section, the student): relations with intervals, each with
                the column by which it belongs to what is concerned
-#}
{% macro overlaid(key, says, needed, clever=none) -%}
{%- set aggregates = {
    'is_clevers': "count(case when source = 'clever' then 1 end) > 0",
    'added_at': "max(case when source = 'add' then intervals.valid_from end)",
    'removed_at': "max(case when source = 'remove' then intervals.valid_from end)",
    'added_by': "max_by(edit_id, " ~ in_order_of(['intervals.valid_from', 'edit_id']) ~ ") filter (where source = 'add')",
} -%}
{%- for name in needed -%}
    {%- do aggregates.update({name: "count(case when source = '" ~ name ~ "' then 1 end) > 0"}) -%}
{%- endfor -%}
evidence as (
    select {{ key }}, source, edit_id, valid_from, valid_to from edits
    {%- if clever %}
    union all
    select {{ key }}, 'clever' as source, null as edit_id, valid_from, valid_to from {{ clever }}
    {%- endif %}
),

intervals as (
    select evidence.*
    from evidence
    inner join concerned on evidence.{{ key }} = concerned.{{ key }}
    {%- for name, column in needed.items() %}
    union all
    select concerned.{{ key }}, '{{ name }}' as source, null as edit_id, {{ name }}.valid_from, {{ name }}.valid_to
    from concerned
    inner join {{ name }} on concerned.{{ column }} = {{ name }}.{{ column }}
    {%- endfor %}
),

effective as (
    select
        {{ key }},
        case when is_clevers then 'clever' else 'application' end as managed_by,
        case when not is_clevers then added_by end as edit_id,
        valid_from,
        ends_at
    from (
        {{ stretches('intervals', key, aggregates) }}
    ) as stretches
    where
        (removed_at is null or added_at > removed_at)
        and (is_clevers or added_by is not null and {{ needed | join(' and ') }})
),

-- Stretches that follow each other and say the same are one interval.
compared as (
    select
        *,
        lag(ends_at) over (partition by {{ key }}, managed_by, edit_id order by valid_from) as previous_end
    from effective
),

numbered as (
    select
        *,
        sum(case when previous_end = valid_from then 0 else 1 end) over (
            partition by {{ key }}, managed_by, edit_id order by valid_from
            rows between unbounded preceding and current row
        ) as stretch
    from compared
),

joined as (
    select
        {{ key }},
        managed_by,
        edit_id,
        min(valid_from) as valid_from,
        nullif(max(ends_at), {{ far_future() }}) as valid_to
    from numbered
    group by {{ key }}, managed_by, edit_id, stretch
),

overlaid as (
    select
        {%- for column in says %}
        concerned.{{ column }},
        {%- endfor %}
        joined.managed_by,
        joined.edit_id,
        joined.valid_from,
        joined.valid_to,
        joined.valid_to is null as is_current
    from joined
    inner join concerned on joined.{{ key }} = concerned.{{ key }}
)
{%- endmacro %}


{#- The edits of some kinds that have an effect; `columns` are those wanted of them. -#}
{% macro edits_of(kinds, columns) -%}
select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    edit_id,
    valid_from,
    valid_to
from {{ ref('manual_edits') }}
where kind in ('{{ kinds | join("', '") }}') and problem is null
{%- endmacro %}


{#-
The times during which a record is active, without the breaks between its versions; of all records, or of those
whose ID is in `among`.
-#}
{% macro active(singular, among=none) -%}
select
    {{ singular }}_id,
    district_id,
    min(valid_from) as valid_from,
    case when count(*) = count(valid_to) then max(valid_to) end as valid_to
from {{ ref(singular ~ '_history') }}
where
    record_status = 'active'
    {%- if among %}
    and {{ singular }}_id in ({{ among }})
    {%- endif %}
group by {{ singular }}_id, district_id, times_archived
{%- endmacro %}
