{#- A line for each version of a kind of record: what happened to it, and which attributes it changed. -#}
{% macro record_changes(singular, plural) -%}
{%- set key = singular ~ '_id' -%}
select
    now.district_id,
    now.valid_from as changed_at,
    '{{ plural }}' as object,
    now.{{ key }} as id,
    {{ name_of(singular, 'now') }} as name,
    now.change_type,
    cast(null as {{ dbt.type_string() }}) as related_object,
    cast(null as {{ dbt.type_string() }}) as related_id,
    cast(null as {{ dbt.type_string() }}) as related_name,
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


{#-
Two lines for each interval of an association: one when it begins, one when it has ended. Both its ends, `of` and `to`
(`record`, `id` in the association, `object`), are called what they were called then.
-#}
{% macro association_changes(association, of, to, subject, began, ended) -%}
{%- for change, time, verb in [('began', 'valid_from', began), ('ended', 'valid_to', ended)] -%}
select
    association.district_id,
    association.{{ time }} as changed_at,
    '{{ of.object }}' as object,
    association.{{ of.id }} as id,
    {{ name_of(of.record, 'of_then') }} as name,
    '{{ change }}' as change_type,
    '{{ to.object }}' as related_object,
    association.{{ to.id }} as related_id,
    {{ name_of(to.record, 'to_then') }} as related_name,
    cast(null as {{ dbt.type_string() }}) as changed_fields,
    {{ subject }} as subject,
    {{ verb }} as verb
from {{ association }} as association
{% for end, alias in [(of, 'of_then'), (to, 'to_then')] -%}
left join {{ ref(end.record ~ '_history') }} as {{ alias }}
    on
        association.{{ end.id }} = {{ alias }}.{{ end.record }}_id
        and {{ in_force_when(alias, 'association.' ~ time, ended=(change == 'ended')) }}
{% endfor -%}
where association.{{ time }} is not null
{{ 'union all' if not loop.last }}
{% endfor -%}
{%- endmacro %}
