{#-
The days of an interval, which are those on which it was in force as the day ended: who came and went between two
midnights was there on none. So the days of intervals that follow each other never overlap. `last_day` is NULL while
the interval lasts.

    interval                           days (where clocks show UTC)
    Mon 02:00 - Wed 02:00              Mon, Tue
    Mon 02:00 - Mon 09:00              none: first_day is Mon, last_day is Sun

`days_of` are the two columns, `join_days_of` the joins they need.
-#}
{% macro days_of(intervals) -%}
{{ local_day('begun', intervals ~ '.valid_from') }} as first_day,
cast({{ local_day('ended', intervals ~ '.valid_to') }} - interval '1' day as date) as last_day
{%- endmacro %}

{% macro join_days_of(intervals) -%}
{{ join_local_days('begun', intervals ~ '.valid_from', intervals ~ '.district_id') }}
{{ join_local_days('ended', intervals ~ '.valid_to', intervals ~ '.district_id') }}
{%- endmacro %}


{#- Later than any day there is: the last one of what lasts, where a comparison must not meet NULL. -#}
{% macro endless() -%}
    cast('9999-12-31' as date)
{%- endmacro %}


{#- How many days there are from one to another, both included; 0 if the last is before the first. -#}
{% macro days_between(first, last) -%}
    greatest({{ dbt.datediff(first, last, 'day') }} + 1, 0)
{%- endmacro %}
