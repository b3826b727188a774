{#-
Records that came back under another Clever ID, each with the one it seems to follow: the one that went last before
it came, of those for which `matches` holds. Two that were there at the same time never are one.

    terms named Fall        predecessor_id   lineage_id
    A  Mon - Wed            -                -             (not listed: it follows none)
    B  Wed - Fri            A                A
    C  Fri -                B                A

`matches` compares `successor` and `predecessor`, both rows of the current table `plural`.
-#}
{% macro lineage(singular, plural, matches) -%}
{%- set id = singular ~ '_id' -%}
with candidates as (
    select
        successor.{{ id }},
        successor.district_id,
        predecessor.{{ id }} as predecessor_id,
        predecessor.archived_at as predecessor_archived_at,
        successor.first_seen_at,
        row_number() over (
            partition by successor.{{ id }}
            order by predecessor.archived_at desc, predecessor.first_seen_at desc, predecessor.{{ id }}
        ) as place
    from {{ ref(plural) }} as successor
    inner join {{ ref(plural) }} as predecessor
        on
            successor.district_id = predecessor.district_id
            and predecessor.record_status = 'archived'
            and predecessor.archived_at <= successor.first_seen_at
            and predecessor.first_seen_at < successor.first_seen_at
            and {{ matches }}
),

links as (
    select * from candidates
    where place = 1
),

line_0 as (
    select
        {{ id }},
        predecessor_id as lineage_id
    from links
){% for step in range(5) %},

-- Each step looks twice as far back: five reach 32 generations.
line_{{ step + 1 }} as (
    select
        now.{{ id }},
        coalesce(earlier.lineage_id, now.lineage_id) as lineage_id
    from line_{{ step }} as now
    left join line_{{ step }} as earlier on now.lineage_id = earlier.{{ id }}
){% endfor %}

select
    links.{{ id }},
    links.district_id,
    links.predecessor_id,
    links.predecessor_archived_at,
    links.first_seen_at,
    line_5.lineage_id
from links
inner join line_5 on links.{{ id }} = line_5.{{ id }}
{%- endmacro %}
