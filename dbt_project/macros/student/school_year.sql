{#-
The school year begins each year on the day `ROLLBOOK_SCHOOL_YEAR_START` (month and day, `07-01` by default).
`context` is dbt's own: by it the linter knows the function, too.
-#}
{% macro school_year_start() -%}
    {{ return(context.env_var('ROLLBOOK_SCHOOL_YEAR_START', '07-01')) }}
{%- endmacro %}


{#- The calendar year in which the school year of a time begins. -#}
{% macro school_year_of(time) -%}
    {%- set month, day = school_year_start().split('-') | map('int') | list -%}
    case
        when extract(month from {{ time }}) * 100 + extract(day from {{ time }}) >= {{ month * 100 + day }}
            then extract(year from {{ time }})
        else extract(year from {{ time }}) - 1
    end
{%- endmacro %}


{#- The school year that begins in a calendar year as people write it: `2026-2027`, or `2026` if it is that year. -#}
{% macro school_year_name(year) -%}
    cast({{ year }} as {{ dbt.type_string() }})
    {%- if school_year_start() != '01-01' %} || '-' || cast({{ year }} + 1 as {{ dbt.type_string() }}){% endif %}
{%- endmacro %}


{#- The first moment of the school year that begins in a calendar year. -#}
{% macro school_year_begins(year) -%}
    cast(cast({{ year }} as {{ dbt.type_string() }}) || '-{{ school_year_start() }} 00:00:00' as timestamp)
{%- endmacro %}
