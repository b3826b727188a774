{#-
A number as an exact decimal: sums of these do not depend on the order in which they are added, so that a total is the
same to the last bit however it was built. Nine places are kept, and the whole part by itself: the cast of a large
number goes through a product that is no longer exact. What no score and no duration can be (no number, infinity, 10^18
and more) is NULL: one of them would spoil every total it is in.
-#}
{% macro exact(number) -%}
    case
        when abs({{ number }}) < 1e18
            then
                cast(cast(trunc({{ number }}) as bigint) as decimal(28, 9))
                + cast({{ number }} - trunc({{ number }}) as decimal(28, 9))
    end
{%- endmacro %}


{#- The sum of numbers, the same in whatever order they come; NULL if there are none. -#}
{% macro exact_sum(number) -%}
    cast(sum({{ exact(number) }}) as double)
{%- endmacro %}


{#- The average of numbers, the same in whatever order they come; NULL if there are none. -#}
{% macro exact_average(number) -%}
    {{ exact_sum(number) }} / nullif(count({{ exact(number) }}), 0)
{%- endmacro %}
