{#-
Records that came back under another Clever ID, each with the one it seems to follow.

    terms named Fall        predecessor_id   lineage_id
    A  Mon - Wed            -                -             (not listed: it follows none)
    B  Wed - Fri            A                A
    C  Fri -                B                A

Only those that have gone can be followed, and only by those that came later or in the very sync in which they went. Where
nothing was ever archived, nothing is looked at.

`lives`: CTEs of which the last, `lives`, has the records that may follow or be followed. Of each of the `attributes` they
have two values: `came_<attribute>`, the first that was known, and `last_<attribute>`, the last one. `came_later` says
whether it came when some other had gone already.
-#}
{% macro lives(singular, plural, attributes=[]) -%}
{%- set id = singular ~ '_id' -%}
{%- set concerned = 'concerned' if attributes else 'lives' -%}
archivings as (
    select
        district_id,
        min(archived_at) as first_archived_at
    from {{ ref(plural) }}
    where archived_at is not null
    group by district_id
),

{{ concerned }} as (
    select
        records.{{ id }},
        records.district_id,
        records.first_seen_at,
        records.archived_at,
        records.first_seen_at >= archivings.first_archived_at as came_later
    from {{ ref(plural) }} as records
    inner join archivings on records.district_id = archivings.district_id
    where records.archived_at is not null or records.first_seen_at >= archivings.first_archived_at
)
{%- if attributes %},

known as (
    select
        {%- for attribute in attributes %}
        min_by({{ attribute }}, valid_from) filter (where {{ attribute }} is not null) as came_{{ attribute }},
        max_by({{ attribute }}, valid_from) filter (where {{ attribute }} is not null) as last_{{ attribute }},
        {%- endfor %}
        {{ id }}
    from {{ ref(singular ~ '_history') }}
    where {{ id }} in (select {{ id }} from concerned)
    group by {{ id }}
),

lives as (
    select
        known.*,
        concerned.district_id,
        concerned.first_seen_at,
        concerned.archived_at,
        concerned.came_later
    from known
    inner join concerned on known.{{ id }} = concerned.{{ id }}
)
{%- endif %}
{%- endmacro %}


{#-
The lines of the records in `lives`, from what speaks for each pair: the CTE `claims` with the record, its
`predecessor_id`, `weight` (how much agrees) and the columns in `says`, which are shown.

A guess would look like a fact. A record follows the one with most weight, and of these the one that went last; of
two that are equally good it follows neither: of two that went at the same time, or, of people (`are_people`), that both were
there at one time. Of a line only one is there at any time: D, which comes on Thursday while B is there, follows none; of two
that come at the same time only one can follow A, the one with more weight, and if it is as much, neither.
-#}
{% macro lines_of(singular, says=[], are_people=false) -%}
{%- set id = singular ~ '_id' -%}
ranked as (
    select
        claims.*,
        successor.district_id,
        successor.first_seen_at,
        successor.archived_at,
        predecessor.archived_at as predecessor_archived_at,
        predecessor.first_seen_at as predecessor_came_at,
        row_number() over by_weight as place,
        lead(claims.weight) over by_weight as next_weight,
        lead(predecessor.archived_at) over by_weight as next_archived_at
    from claims
    inner join lives as successor on claims.{{ id }} = successor.{{ id }}
    inner join lives as predecessor on claims.predecessor_id = predecessor.{{ id }}
    window by_weight as (
        partition by claims.{{ id }}
        order by claims.weight desc, predecessor.archived_at desc, claims.predecessor_id
    )
),

choices as (
    select * from ranked
    where
        place = 1
        and (
            next_weight is null
            or next_weight < weight
            or next_archived_at {{ '<= predecessor_came_at' if are_people else '< predecessor_archived_at' }}
        )
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
                or (other.first_seen_at = mine.first_seen_at and other.weight >= mine.weight)
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
    {%- for column in says %},
    links.{{ column }}
    {%- endfor %}
from links
inner join line on links.{{ id }} = line.{{ id }}
{%- endmacro %}


{#- Lines of records of which one condition tells: `matches` compares `successor` and `predecessor`. -#}
{% macro lineage(singular, plural, attributes, matches) -%}
with {{ lives(singular, plural, attributes) }},

claims as (
    select
        successor.{{ singular }}_id,
        predecessor.{{ singular }}_id as predecessor_id,
        0 as weight
    from lives as successor
    inner join lives as predecessor
        on
            successor.district_id = predecessor.district_id
            and predecessor.archived_at <= successor.first_seen_at
            and {{ matches }}
),

{{ lines_of(singular) }}
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
