{#-
Records that came back under another Clever ID, each with the one it seems to follow. Of those that had gone before it
came and for which `matches` holds, that is the one of which most has `agreed`, and of these the one that went last.
A guess would look like a fact: of two that are equally good it follows neither.

    terms named Fall        predecessor_id   lineage_id
    A  Mon - Wed            -                -             (not listed: it follows none)
    B  Wed - Fri            A                A
    C  Fri -                B                A

Of a line only one is there at any time. D, which comes on Thursday while B is there, follows none; of two that come at
the same time only one can follow A, the one of which more agreed, and if it is as much, neither.

`matches` and `agreed` (a number) compare `successor` and `predecessor`. Of each of the `attributes` they have two
values: `came_<attribute>`, the first that was known, and `last_<attribute>`, the last one.
-#}
{% macro lineage(singular, plural, attributes, matches, agreed='0') -%}
{%- set id = singular ~ '_id' -%}
with known as (
    select
        {%- for attribute in attributes %}
        min_by({{ attribute }}, valid_from) filter (where {{ attribute }} is not null) as came_{{ attribute }},
        max_by({{ attribute }}, valid_from) filter (where {{ attribute }} is not null) as last_{{ attribute }},
        {%- endfor %}
        {{ id }}
    from {{ ref(singular ~ '_history') }}
    group by {{ id }}
),

lives as (
    select
        known.*,
        records.district_id,
        records.first_seen_at,
        records.archived_at
    from known
    inner join {{ ref(plural) }} as records on known.{{ id }} = records.{{ id }}
),

pairs as (
    select
        successor.{{ id }},
        successor.district_id,
        predecessor.{{ id }} as predecessor_id,
        predecessor.archived_at as predecessor_archived_at,
        successor.first_seen_at,
        successor.archived_at,
        {{ agreed }} as agreed
    from lives as successor
    inner join lives as predecessor
        on
            successor.district_id = predecessor.district_id
            and predecessor.archived_at <= successor.first_seen_at
            and {{ matches }}
),

ranked as (
    select
        pairs.*,
        -- Equals share a place: none of them is chosen.
        rank() over (partition by {{ id }} order by agreed desc, predecessor_archived_at desc) as place
    from pairs
),

best as (
    select
        ranked.*,
        count(*) over (partition by {{ id }}) as equals
    from ranked
    where place = 1
),

choices as (
    select * from best
    where equals = 1
),

{{ lines('choice_line', 'choices', id) }},

chosen as (
    select
        choices.*,
        choice_line.lineage_id
    from choices
    inner join choice_line on choices.{{ id }} = choice_line.{{ id }}
),

links as (
    select mine.*
    from chosen as mine
    where not exists (
        select 1 from chosen as other
        where
            other.lineage_id = mine.lineage_id
            and other.{{ id }} <> mine.{{ id }}
            and (other.archived_at is null or other.archived_at > mine.first_seen_at)
            and (
                other.first_seen_at < mine.first_seen_at
                or (other.first_seen_at = mine.first_seen_at and other.agreed >= mine.agreed)
            )
    )
),

{{ lines('line', 'links', id) }}

select
    links.{{ id }},
    links.district_id,
    links.predecessor_id,
    links.predecessor_archived_at,
    links.first_seen_at,
    line.lineage_id
from links
inner join line on links.{{ id }} = line.{{ id }}
{%- endmacro %}


{#- CTEs of which the last, `name`, says for each of `links` with which record (`lineage_id`) its line begins. -#}
{% macro lines(name, links, id) -%}
{{ name }}_0 as (
    select
        {{ id }},
        predecessor_id as lineage_id
    from {{ links }}
){% for step in range(5) %},

-- Each step looks twice as far back: five reach 32 generations.
{{ name ~ ('_' ~ (step + 1) if step < 4 else '') }} as (
    select
        now.{{ id }},
        coalesce(earlier.lineage_id, now.lineage_id) as lineage_id
    from {{ name }}_{{ step }} as now
    left join {{ name }}_{{ step }} as earlier on now.lineage_id = earlier.{{ id }}
){% endfor %}
{%- endmacro %}


{#- Whether a name is the same but for case and blanks around it; NULL where one is not known. -#}
{% macro same_name(one, other) -%}
    nullif(lower(trim({{ one }})), '') = nullif(lower(trim({{ other }})), '')
{%- endmacro %}
