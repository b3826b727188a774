{#- A text without what is not seen in it: blanks of all kinds, and marks such as those of the direction of writing. -#}
{% macro without_blanks(text) -%}
    {{ return(adapter.dispatch('without_blanks', 'rollbook')(text)) }}
{%- endmacro %}

{% macro default__without_blanks(text) -%}
    regexp_replace({{ text }}, '[\p{Z}\p{Cc}\p{Cf}]+', '', 'g')
{%- endmacro %}

{% macro spark__without_blanks(text) -%}
    regexp_replace({{ text }}, '[\\p{Z}\\p{Cc}\\p{Cf}]+', '')
{%- endmacro %}


{#- A text without what is not seen at its two ends. -#}
{% macro without_blanks_around(text) -%}
    {{ return(adapter.dispatch('without_blanks_around', 'rollbook')(text)) }}
{%- endmacro %}

{% macro default__without_blanks_around(text) -%}
    regexp_replace({{ text }}, '^[\p{Z}\p{Cc}\p{Cf}]+|[\p{Z}\p{Cc}\p{Cf}]+$', '', 'g')
{%- endmacro %}

{% macro spark__without_blanks_around(text) -%}
    regexp_replace({{ text }}, '^[\\p{Z}\\p{Cc}\\p{Cf}]+|[\\p{Z}\\p{Cc}\\p{Cf}]+\\z', '')
{%- endmacro %}


{#-
Its letters and digits alone, small: `O'Brien-Müller` is `obrienmuller`. Accents are taken off where a text is Latin or
Greek; elsewhere marks are vowels or tell letters apart (`राम` is not `रुमि`, `ガク` not `カク`), and stay.
-#}
{% macro letters_of(text) -%}
    {{ return(adapter.dispatch('letters_of', 'rollbook')(text)) }}
{%- endmacro %}

{% macro default__letters_of(text) -%}
    regexp_replace(
        lower(
            case
                when regexp_matches({{ text }}, '[^\p{Latin}\p{Greek}\p{Common}\p{Inherited}]') then nfc_normalize({{ text }})
                else strip_accents({{ text }})
            end
        ),
        '[^\p{L}\p{M}\p{N}]+', '', 'g'
    )
{%- endmacro %}

{#- Spark takes no accents off by itself: these are what names in Clever have. -#}
{% macro spark__letters_of(text) -%}
    regexp_replace(
        translate(
            lower({{ text }}),
            'àáâãäåāăąçćčďđèéêëēėęěğìíîïīįłñńňòóôõöøōőřśšşťţùúûüūůűųýÿźżž',
            'aaaaaaaaacccddeeeeeeeegiiiiiilnnnoooooooorsssttuuuuuuuuyyzzz'
        ),
        '[^\\p{L}\\p{M}\\p{N}]+', ''
    )
{%- endmacro %}


{#- A text with each letter and its accents as one sign: two ways to write them look alike. -#}
{% macro composed(text) -%}
    {{ return(adapter.dispatch('composed', 'rollbook')(text)) }}
{%- endmacro %}

{% macro default__composed(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}

{% macro spark__composed(text) -%}
    {{ text }}
{%- endmacro %}


{#- The digits of a text, 0 to 9, in their order. -#}
{% macro digits_of(text) -%}
    {{ return(adapter.dispatch('digits_of', 'rollbook')(text)) }}
{%- endmacro %}

{% macro default__digits_of(text) -%}
    regexp_replace({{ text }}, '[^0-9]+', '', 'g')
{%- endmacro %}

{% macro spark__digits_of(text) -%}
    regexp_replace({{ text }}, '[^0-9]+', '')
{%- endmacro %}


{#-
Whether a text is one of some words. (DuckDB makes a join of `in` with so many, which asks for the text of every row,
whatever CASE it stands in.)
-#}
{% macro is_one_of(text, words) -%}
    instr('|{{ words | join("|") }}|', '|' || {{ text }} || '|') > 0
{%- endmacro %}
