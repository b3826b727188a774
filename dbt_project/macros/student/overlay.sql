{#-
What is in force of Clever's roster and the edits laid over it, as intervals. The one place where both meet.

    Clever: A in X      Mon - Wed           Fri -         in force   Mon - Wed   clever
    edit: add A to X          Tue -                                  Wed - Thu   application (until X is archived)
    X is active         Mon -       Thu     Fri -                    Fri -       clever (the edit is absorbed)

CTEs, of which the last, `overlaid`, has the columns in `says`, `district_id`, `managed_by`, `edit_id`, `valid_from`
and `valid_to`. They are made of CTEs that stand before them; `key` is a list of columns none of which is NULL:
    concerned   what edits concern (a student in a section, a role of a user): `key` and the columns in `says`
    edits       `key`, interval, `district_id`, `source` (`add` or `remove`), `edit_id`; the last wins, and against
                Clever any
    `clever`    `key` and interval of what Clever says; none where it has no say
    `needed`    without each of them an edit sleeps (the section, the student): relations with intervals and
                `district_id`, each with the columns by which it belongs to what is concerned
`districts` are those of them, and `add`, whose district is told, the first that has one at that time.
-#}
{% macro overlaid(key, says, needed, districts, clever=none) -%}
{%- set parts = key | join(', ') -%}
{%- set aggregates = {
    'is_clevers': "count(case when source = 'clever' then 1 end) > 0",
    'added_at': "max(case when source = 'add' then intervals.valid_from end)",
    'removed_at': "max(case when source = 'remove' then intervals.valid_from end)",
    'added_by': "max_by(edit_id, " ~ in_order_of(['intervals.valid_from', 'edit_id']) ~ ") filter (where source = 'add')",
} -%}
{%- for name in needed -%}
    {%- do aggregates.update({name: "count(case when source = '" ~ name ~ "' then 1 end) > 0"}) -%}
{%- endfor -%}
{%- for name in districts -%}
    {%- do aggregates.update({'district_of_' ~ name: "max(case when source = '" ~ name ~ "' then district_id end)"}) -%}
{%- endfor -%}
evidence as (
    select {{ parts }}, source, edit_id, district_id, valid_from, valid_to from edits
    {%- if clever %}
    union all
    select {{ parts }}, 'clever' as source, null as edit_id, null as district_id, valid_from, valid_to from {{ clever }}
    {%- endif %}
),

intervals as (
    select evidence.*
    from evidence
    inner join concerned on {{ same('evidence', 'concerned', key) }}
    {%- for name, columns in needed.items() %}
    union all
    select
        {%- for part in key %}
        concerned.{{ part }},
        {%- endfor %}
        '{{ name }}' as source,
        null as edit_id,
        {{ name }}.district_id,
        {{ name }}.valid_from,
        {{ name }}.valid_to
    from concerned
    inner join {{ name }} on {{ same('concerned', name, columns) }}
    {%- endfor %}
),

effective as (
    select
        {{ parts }},
        coalesce({% for name in districts %}district_of_{{ name }}{{ ', ' if not loop.last }}{% endfor %}) as district_id,
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
        lag(ends_at) over (
            partition by {{ parts }}, district_id, managed_by, edit_id order by valid_from
        ) as previous_end
    from effective
),

numbered as (
    select
        *,
        sum(case when previous_end = valid_from then 0 else 1 end) over (
            partition by {{ parts }}, district_id, managed_by, edit_id order by valid_from
            rows between unbounded preceding and current row
        ) as stretch
    from compared
),

joined as (
    select
        {{ parts }},
        district_id,
        managed_by,
        edit_id,
        min(valid_from) as valid_from,
        nullif(max(ends_at), {{ far_future() }}) as valid_to
    from numbered
    group by {{ parts }}, district_id, managed_by, edit_id, stretch
),

overlaid as (
    select
        {%- for column in says %}
        concerned.{{ column }},
        {%- endfor %}
        joined.district_id,
        joined.managed_by,
        joined.edit_id,
        joined.valid_from,
        joined.valid_to
    from joined
    inner join concerned on {{ same('joined', 'concerned', key) }}
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
from {{ ref('edit_versions') }}
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
