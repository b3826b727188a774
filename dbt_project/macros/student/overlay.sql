{#-
What is in force of Clever's roster and the edits laid over it, as intervals. The one place where both meet.

`intervals`: a relation with `key` (what is effective or not: a student in a section, a role of a user), the
columns in `says`, `source`, `edit_id`, `made_at`, `valid_from` and `valid_to`. By its source an interval is
    clever          Clever says so
    add, remove     an edit says so, or not so; the edit made last wins, and against Clever any edit
    needed_1, ...   without it an edit sleeps: the section, the student
`needed`: how many of those there are.

    Clever: A in X      Mon - Wed           Fri -         in force   Mon - Wed   clever
    edit: add A to X          Tue -                                  Wed - Thu   application (until X is archived)
    X is active         Mon -       Thu     Fri -                    Fri -       clever (the edit is absorbed)
-#}
{% macro overlay(intervals, key, says, needed) -%}
{%- set aggregates = {
    'is_clever': "count(case when source = 'clever' then 1 end) > 0",
    'added_at': "max(case when source = 'add' then made_at end)",
    'removed_at': "max(case when source = 'remove' then made_at end)",
    'added_by': "max_by(edit_id, made_at) filter (where source = 'add')",
} -%}
{%- for column in says -%}
    {%- do aggregates.update({column: 'max(' ~ column ~ ')'}) -%}
{%- endfor -%}
{%- for number in range(1, needed + 1) -%}
    {%- set one = "case when source = 'needed_" ~ number ~ "' then 1 end" -%}
    {%- do aggregates.update({'needed_' ~ number: 'count(' ~ one ~ ') > 0'}) -%}
{%- endfor -%}
select
    {%- for column in says %}
    {{ column }},
    {%- endfor %}
    managed_by,
    edit_id,
    min(valid_from) as valid_from,
    nullif(max(ends_at), {{ far_future() }}) as valid_to,
    max(ends_at) = {{ far_future() }} as is_current
from (
    select
        *,
        sum(case when previous_end = valid_from then 0 else 1 end) over (
            partition by {{ key }}, managed_by, edit_id order by valid_from
            rows between unbounded preceding and current row
        ) as stretch
    from (
        select
            *,
            lag(ends_at) over (
                partition by {{ key }}, managed_by, edit_id order by valid_from
            ) as previous_end
        from (
            select
                *,
                case when is_clever then 'clever' else 'application' end as managed_by,
                case when not is_clever then added_by end as edit_id
            from (
                {{ stretches(intervals, key, aggregates) }}
            ) as stretches
            where
                (removed_at is null or added_at > removed_at)
                and (
                    is_clever
                    or added_by is not null
                    {%- for number in range(1, needed + 1) %}
                    and needed_{{ number }}
                    {%- endfor %}
                )
        ) as effective
    ) as compared
) as numbered
group by
    {{ key }},
    {%- for column in says %}
    {{ column }},
    {%- endfor %}
    managed_by,
    edit_id,
    stretch
{%- endmacro %}


{#- The times during which a record is active, without the breaks between its versions. -#}
{% macro active(singular) -%}
select
    {{ singular }}_id,
    district_id,
    min(valid_from) as valid_from,
    case when count(*) = count(valid_to) then max(valid_to) end as valid_to
from {{ ref(singular ~ '_history') }}
where record_status = 'active'
group by {{ singular }}_id, district_id, times_archived
{%- endmacro %}
