{#- A line for each version of a kind of record: what happened to it, and which attributes it changed. -#}
{% macro record_changes(singular, plural) -%}
{%- set key = singular ~ '_id' -%}
select
    now.district_id,
    now.valid_from as changed_at,
    '{{ plural }}' as object,
    now.{{ key }} as id,
    now.change_type,
    cast(null as {{ dbt.type_string() }}) as related_object,
    cast(null as {{ dbt.type_string() }}) as related_id,
    case when now.change_type in ('updated', 'restored') then
        nullif(concat_ws(
            ', '
            {%- for attribute in attributes(singular) + ['extra'] %},
            case when now.{{ attribute }} is distinct from before.{{ attribute }} then '{{ attribute }}' end
            {%- endfor %}
        ), '')
    end as changed_fields,
    '{{ singular | replace('_', ' ') }}' as subject,
    now.change_type as verb
from {{ ref(singular ~ '_history') }} as now
left join {{ ref(singular ~ '_history') }} as before
    on now.{{ key }} = before.{{ key }} and now.valid_from = before.valid_to
{%- endmacro %}


{#- Two lines for each interval of an association: one when it begins, one when it has ended. -#}
{% macro association_changes(association, id, object, related_id, related_object, subject, began, ended) -%}
{%- for change, time, verb in [('began', 'valid_from', began), ('ended', 'valid_to', ended)] -%}
select
    district_id,
    {{ time }} as changed_at,
    '{{ object }}' as object,
    {{ id }} as id,
    '{{ change }}' as change_type,
    '{{ related_object }}' as related_object,
    {{ related_id }} as related_id,
    cast(null as {{ dbt.type_string() }}) as changed_fields,
    {{ subject }} as subject,
    {{ verb }} as verb
from {{ association }}
where {{ time }} is not null
{{ 'union all' if not loop.last }}
{% endfor -%}
{%- endmacro %}
