{#-
The clock as UTC, for views only and for nothing but the age of what is shown: what was built must not depend on it.
`now()` is an instant; a cast of it would count in the session's time zone.
-#}
{% macro utc_now() -%}
    {{ return(adapter.dispatch('utc_now', 'rollbook')()) }}
{%- endmacro %}

{% macro default__utc_now() -%}
    make_timestamp(epoch_us(now()))
{%- endmacro %}

{#- The session's time zone is UTC there. -#}
{% macro spark__utc_now() -%}
    cast(current_timestamp() as timestamp_ntz)
{%- endmacro %}
