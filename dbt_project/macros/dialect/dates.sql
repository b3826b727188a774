{#-
A date as Clever writes it, never shifted by a time zone: '2026-08-17', the day of '2026-08-17T00:00:00.000Z',
or, for a birthday, '8/17/2012' without padding. Anything else is NULL.
-#}
{% macro clever_date(text) -%}
    {{ return(adapter.dispatch('clever_date', 'rollbook')(text)) }}
{%- endmacro %}

{% macro default__clever_date(text) -%}
    case
        when {{ text }} like '____-__-__%' then cast(try_strptime(substr({{ text }}, 1, 10), '%Y-%m-%d') as date)
        when {{ text }} like '%/____' then cast(try_strptime({{ text }}, '%m/%d/%Y') as date)
    end
{%- endmacro %}

{% macro spark__clever_date(text) -%}
    case
        when {{ text }} like '____-__-__%' then cast(try_to_timestamp(substr({{ text }}, 1, 10), 'yyyy-MM-dd') as date)
        when {{ text }} like '%/____' then cast(try_to_timestamp({{ text }}, 'M/d/yyyy') as date)
    end
{%- endmacro %}
