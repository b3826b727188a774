{#-
The intervals during which an owner lists a member and the member is active: who was enrolled when. The one
place where an interval is made.

    spells: X lists A       A is active       in force
    Mon - Thu               Tue - Wed         Tue - Wed   (A was shared a day late, archived a day early)
    Fri -                   Sat -             Sat -

Owners need no look: one that is archived lists nobody.

`spells`: what `spells()` made. `history`: the history of the members. `pair`: the owner's and the member's
columns, in this order; `columns`: all columns of the result that come from the spell. In an incremental build
only pairs are made again whose owner has news, or whose member came or went.
-#}
{% macro in_force(spells, history, pair, columns, member_id, owner_object, member_object) -%}
{%- set owner, member = pair -%}
{%- set owner_touched = is_touched(owner, owner_object) -%}
{%- set touched_records = ref('touched_records') -%}
with
{% if is_incremental() %}
came_or_went as (
    select history.{{ member_id }}
    from {{ history }} as history
    inner join {{ touched_records }} as touched
        on
            touched.object = '{{ member_object }}'
            and history.{{ member_id }} = touched.id
            and history.valid_from >= touched.since
    where history.change_type <> 'updated'
),

listed as (
    select * from {{ spells }}
    where {{ owner_touched }}
    union all
    select * from {{ spells }}
    where
        {{ member }} in (select {{ member_id }} from came_or_went)
        and not {{ owner_touched }}
),

{% else %}
listed as (
    select * from {{ spells }}
),

{% endif -%}
-- Only what is asked of them: these rows are kept in memory.
members as (
    select {{ member_id }}, district_id, change_type, times_archived, first_seen_at, valid_from, is_current
    from {{ history }}
    {%- if is_incremental() %}
    where {{ member_id }} in (select {{ member }} from listed)
    {%- endif %}
),

-- Most members were never archived: one stretch of activity, which no join need find.
came_back_or_went as (
    select {{ member_id }}
    from members
    where times_archived > 0
),

-- Of the others a stretch is numbered by the times the member had been archived before.
begun as (
    select {{ member_id }}, district_id, times_archived, valid_from
    from members
    where change_type in ('created', 'restored') and {{ member_id }} in (select {{ member_id }} from came_back_or_went)
),

ended as (
    select {{ member_id }}, times_archived - 1 as times_archived, valid_from as valid_to
    from members
    where change_type = 'archived'
),

active as (
    select {{ member_id }}, district_id, first_seen_at as valid_from, cast(null as timestamp) as valid_to
    from members
    where is_current and times_archived = 0
    union all
    select begun.{{ member_id }}, begun.district_id, begun.valid_from, ended.valid_to
    from begun
    left join ended
        on
            begun.{{ member_id }} = ended.{{ member_id }}
            and begun.times_archived = ended.times_archived
)

select
    listed.district_id,
    {%- for column in columns %}
    listed.{{ column }},
    {%- endfor %}
    greatest(listed.valid_from, active.valid_from) as valid_from,
    least(listed.valid_to, active.valid_to) as valid_to,
    listed.valid_to is null and active.valid_to is null as is_current
from listed
inner join active
    on
        listed.{{ member }} = active.{{ member_id }}
        and listed.district_id = active.district_id
where
    (active.valid_to is null or listed.valid_from < active.valid_to)
    and (listed.valid_to is null or active.valid_from < listed.valid_to)
{%- endmacro %}
