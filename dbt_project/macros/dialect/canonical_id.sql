{#-
An ID of the application in the one way it is spelt: `42.0` is 42, a UUID is in small letters, and `0417` stays as it
is; a blank one is none. Loads spell IDs so; what an older version loaded is spelt here.
-#}
{% macro canonical_id(text) -%}
    {{ return(adapter.dispatch('canonical_id', 'rollbook')(text)) }}
{%- endmacro %}

{% macro default__canonical_id(text) -%}
    case
        when {{ is_blank(text) }} then null
        when {{ text }} like '%.%' and regexp_full_match({{ text }}, '-?(0|[1-9][0-9]*)[.]0*')
            then split_part({{ text }}, '.', 1)
        when {{ text }} like '________-____-____-____-____________' and regexp_full_match({{ text }}, '[0-9a-fA-F-]*')
            then lower({{ text }})
        else {{ text }}
    end
{%- endmacro %}

{% macro spark__canonical_id(text) -%}
    case
        when {{ is_blank(text) }} then null
        when {{ text }} rlike '^-?(0|[1-9][0-9]*)[.]0*$' then split_part({{ text }}, '.', 1)
        when {{ text }} like '________-____-____-____-____________' and {{ text }} rlike '^[0-9a-fA-F-]*$'
            then lower({{ text }})
        else {{ text }}
    end
{%- endmacro %}


{#-
Whether a text holds nothing that is seen. What begins with a letter or a digit, as nearly all do, is not looked
through.
-#}
{% macro is_blank(text) -%}
    {{ return(adapter.dispatch('is_blank', 'rollbook')(text)) }}
{%- endmacro %}

{% macro default__is_blank(text) -%}
    (({{ text }} < '!' or {{ text }} >= chr(127)) and regexp_full_match({{ text }}, '[\p{Z}\p{Cc}\p{Cf}]*'))
{%- endmacro %}

{% macro spark__is_blank(text) -%}
    (({{ text }} < '!' or {{ text }} >= chr(127)) and {{ text }} rlike '^[\\p{Z}\\p{Cc}\\p{Cf}]*\\z')
{%- endmacro %}


{#- A text that says something, or NULL. -#}
{% macro said(text) -%}
    case when not {{ is_blank(text) }} then {{ text }} end
{%- endmacro %}


{#-
A Clever ID that an application has stored: in small letters without blanks around it, as Clever spells it. Nothing but
zeros is what programs store for none.
-#}
{% macro clever_link(text) -%}
    case
        when {{ is_wholly('trim(' ~ text ~ ')', '[0-9a-fA-F]{24}') }} then lower(trim({{ text }}))
        when {{ is_one_of('lower(trim(' ~ text ~ '))', placeholders()) }} then null
        when replace(replace(trim({{ text }}), '-', ''), '0', '') = '' then null
        else {{ canonical_id(text) }}
    end
{%- endmacro %}
