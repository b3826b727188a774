{#- One row for each element of a list, in the select list; an empty list and NULL give no row. -#}
{% macro explode(list) -%}
    {{ return(adapter.dispatch('explode', 'rollbook')(list)) }}
{%- endmacro %}

{% macro default__explode(list) -%}
    unnest({{ list }})
{%- endmacro %}

{% macro spark__explode(list) -%}
    explode({{ list }})
{%- endmacro %}


{#- The list with the value in it: appended unless it is there already or NULL. -#}
{% macro list_with(list, value) -%}
    {{ return(adapter.dispatch('list_with', 'rollbook')(list, value)) }}
{%- endmacro %}

{% macro default__list_with(list, value) -%}
    case
        when {{ value }} is null or array_contains({{ list }}, {{ value }}) then {{ list }}
        else list_append({{ list }}, {{ value }})
    end
{%- endmacro %}

{% macro spark__list_with(list, value) -%}
    case
        when {{ value }} is null then {{ list }}
        else array_union(coalesce({{ list }}, array()), array({{ value }}))
    end
{%- endmacro %}


{#- Text of parts joined by commas, as a list of the parts. -#}
{% macro split_list(text) -%}
    {{ return(adapter.dispatch('split_list', 'rollbook')(text)) }}
{%- endmacro %}

{% macro default__split_list(text) -%}
    string_split({{ text }}, ',')
{%- endmacro %}

{% macro spark__split_list(text) -%}
    split({{ text }}, ',')
{%- endmacro %}


{#- An aggregate: the values of a group, or of its rows that meet `condition`, as a sorted list; NULL if none do. -#}
{% macro sorted_list(value, condition='true') -%}
    {{ return(adapter.dispatch('sorted_list', 'rollbook')(value, condition)) }}
{%- endmacro %}

{% macro default__sorted_list(value, condition) -%}
    list_sort(array_agg({{ value }}) filter (where {{ condition }}))
{%- endmacro %}

{% macro spark__sorted_list(value, condition) -%}
    nullif(sort_array(collect_list({{ value }}) filter (where {{ condition }})), array())
{%- endmacro %}


{#- The whole numbers from the first to the last, both included, as a list. -#}
{% macro number_list(first, last) -%}
    {{ return(adapter.dispatch('number_list', 'rollbook')(first, last)) }}
{%- endmacro %}

{% macro default__number_list(first, last) -%}
    range({{ first }}, {{ last }} + 1)
{%- endmacro %}

{% macro spark__number_list(first, last) -%}
    sequence({{ first }}, {{ last }})
{%- endmacro %}


{#-
The texts whose condition holds, given as a dictionary from text to condition, as a sorted list; NULL if none does.
-#}
{% macro texts_of(conditions) -%}
    {{ return(adapter.dispatch('texts_of', 'rollbook')(conditions)) }}
{%- endmacro %}

{% macro default__texts_of(conditions) -%}
    nullif(
        list_filter(
            list_value({% for text in conditions | sort %}case when {{ conditions[text] }} then {{ text }} end
            {%- if not loop.last %}, {% endif %}{% endfor %}),
            lambda text: text is not null
        ),
        cast([] as varchar[])
    )
{%- endmacro %}

{% macro spark__texts_of(conditions) -%}
    nullif(
        filter(
            array({% for text in conditions | sort %}case when {{ conditions[text] }} then {{ text }} end
            {%- if not loop.last %}, {% endif %}{% endfor %}),
            text -> text is not null
        ),
        cast(array() as array<string>)
    )
{%- endmacro %}


{#- No list of texts: NULL of that type. -#}
{% macro no_texts() -%}
    {{ return(adapter.dispatch('no_texts', 'rollbook')()) }}
{%- endmacro %}

{% macro default__no_texts() -%}
    cast(null as varchar[])
{%- endmacro %}

{% macro spark__no_texts() -%}
    cast(null as array<string>)
{%- endmacro %}
