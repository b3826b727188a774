{#-
References that lead nowhere now: to a record the district does not share, or whose record is archived. `since`
is when the reference last began to be made without a break, or when its record was archived, if later.

`target`: `records` (a current table), their `key`, and the `name` they go by.
-#}

{#- Of a list: whoever is listed in `spells`, which may hold several spells of one pair side by side. -#}
{% macro unresolved_in_list(object, owner, field, spells, member, target) -%}
select
    district_id,
    object,
    id,
    '{{ field }}' as field,
    '{{ target.name }}' as referenced_object,
    referenced_id,
    greatest(max(case when is_beginning then valid_from end), max(archived_at)) as since
from (
    select
        listed.district_id,
        {{ object }} as object,
        listed.{{ owner }} as id,
        listed.{{ member }} as referenced_id,
        listed.valid_from,
        listed.valid_to,
        records.archived_at,
        coalesce(
            listed.valid_from > max(listed.valid_to) over before
            and count(*) over before = count(listed.valid_to) over before,
            true
        ) as is_beginning
    from {{ spells }} as listed
    left join {{ target.records }} as records
        on
            listed.district_id = records.district_id
            and listed.{{ member }} = records.{{ target.key }}
    where records.record_status is distinct from 'active'
    window before as (
        partition by {{ object }}, listed.{{ owner }}, listed.{{ member }}
        order by listed.valid_from, listed.valid_to nulls last
        rows between unbounded preceding and 1 preceding
    )
) as spells
group by district_id, object, id, referenced_id
having count(*) > count(valid_to)
{%- endmacro %}


{#- Of a single field: what the records of `owner` that are active name in it. -#}
{% macro unresolved_in_field(owner, field, column, target) -%}
select
    now.district_id,
    '{{ owner.name }}' as object,
    now.{{ owner.key }} as id,
    '{{ field }}' as field,
    '{{ target.name }}' as referenced_object,
    now.{{ column }} as referenced_id,
    greatest(coalesce(max(before.valid_to), now.first_seen_at), max(records.archived_at)) as since
from {{ owner.records }} as now
left join {{ target.records }} as records
    on
        now.district_id = records.district_id
        and now.{{ column }} = records.{{ target.key }}
left join {{ owner.history }} as before
    on
        now.{{ owner.key }} = before.{{ owner.key }}
        and (
            before.record_status = 'archived'
            or now.{{ column }} is distinct from before.{{ column }}
        )
where
    now.record_status = 'active'
    and now.{{ column }} is not null
    and records.record_status is distinct from 'active'
group by now.district_id, now.{{ owner.key }}, now.{{ column }}, now.first_seen_at
{%- endmacro %}
