{#-
The spells during which an owner lists a member, from the rows of the owner's log: a section its students.

    log of the section X                        spells
    observed  students                          section  student  valid_from  valid_to
    Mon       A, B                              X        A        Mon         Wed
    Tue       A, B  (renamed)                   X        B        Mon         Thu
    Wed       B, C                              X        C        Wed         Thu
    Thu       -     (removed)                   X        B        Fri
    Fri       B     (restored)

A spell ends when the owner lists the member no longer or is gone, or when what it says of the member (the
columns in `member` after the first) changes. Whether the member exists is another question: see `in_force`.

    {% raw %}{% call(log) spells(ref('stg_clever__sections'), ['section_id'], ['student_id'], 'sections') %}
        select section_id, district_id, observed_at, {{ explode('students') }} as student_id from {{ log }}
    {% endcall %}{% endraw %}

The caller's block lists the members in given rows of the log. `owner` and `member` name its columns; the first
of `owner` is the owner's ID, whose log stands in the raw table `object`.
-#}
{% macro spells(log, owner, member, object) -%}
{%- set id = owner[0] -%}
{%- set pair = (owner + member) | join(', ') -%}
with
{{ many(log, id, object) }}
-- What an owner lists whose log has one row, it lists still.
once as (
    select *
    from {{ rows_of(log) }}
    where {{ is_once(id, object) }} and is_present
),

listed_once as (
    {{ caller('once') }}
),

often as (
    select *
    from {{ rows_of(log) }}
    where {{ is_many(id, object) }}
),

listed_often as (
    {{ caller('often') }}
),

steps as (
    select
        {{ id }},
        observed_at,
        lead(observed_at) over (partition by {{ id }} order by observed_at) as next_at
    from {{ rows_of(log) }}
    where {{ is_many(id, object) }}
),

pieces as (
    select
        listed_often.*,
        steps.next_at,
        lag(steps.next_at) over (
            partition by {% for column in owner + member %}listed_often.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            order by listed_often.observed_at
        ) as listed_until
    from listed_often
    inner join steps
        on listed_often.{{ id }} = steps.{{ id }} and listed_often.observed_at = steps.observed_at
),

numbered as (
    select
        *,
        count(case when listed_until = observed_at then null else 1 end) over (
            partition by {{ pair }} order by observed_at
            rows between unbounded preceding and current row
        ) as spell
    from pieces
)

select
    district_id,
    {{ pair }},
    min(observed_at) as valid_from,
    case when count(*) = count(next_at) then max(next_at) end as valid_to
from numbered
group by district_id, {{ pair }}, spell

union all

select
    district_id,
    {{ pair }},
    observed_at as valid_from,
    cast(null as timestamp) as valid_to
from listed_once
{%- endmacro %}
