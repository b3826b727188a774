{% for warning, kind in warning_kinds().items() -%}
select
    cast('{{ warning }}' as {{ dbt.type_string() }}) as warning,
    cast('{{ kind.means }}' as {{ dbt.type_string() }}) as means
{{ 'union all' if not loop.last }}
{% endfor %}
