{#-
A date as Clever writes it, never shifted by a time zone: '2026-08-17', the day of '2026-08-17T00:00:00.000Z', or,
for a birthday, '8/17/2012', padded or not. Spaces around it mean nothing. Anything else is NULL: a day that does not
exist, '3/4/12', which may be of any century (it must not become the year 12), a year before 1000, '20120817'.
-#}
{% macro clever_date(text) -%}
    case
        when
            {{ is_wholly('substr(trim(' ~ text ~ '), 1, 10)', '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}') }}
            and substr(trim({{ text }}), 11, 1) in ('', 'T', ' ')
            then try_cast(substr(trim({{ text }}), 1, 10) as date)
        when {{ is_wholly('trim(' ~ text ~ ')', '[0-9]{1,2}/[0-9]{1,2}/[1-9][0-9]{3}') }}
            then try_cast(
                split_part(trim({{ text }}), '/', 3)
                || '-' || lpad(split_part(trim({{ text }}), '/', 1), 2, '0')
                || '-' || lpad(split_part({{ text }}, '/', 2), 2, '0') as date
            )
    end
{%- endmacro %}


{#-
A date that somebody else's program wrote: as Clever writes it, or in another form of which it is known what stands where:
`2012-8-17`, `2012/08/17`, `20120817`, `17.08.2012`, `08-17-2012`. Of `17/08/2012` and `8/17/12` nobody knows; they are NULL.
-#}
{% macro told_date(text) -%}
    {%- set trimmed = 'trim(' ~ text ~ ')' -%}
    {%- set dashed = "replace(" ~ trimmed ~ ", '/', '-')" -%}
    case
        when {{ is_wholly(trimmed, '[12][0-9]{7}') }}
            then {{ date_of(['substr(' ~ trimmed ~ ', 1, 4)', 'substr(' ~ trimmed ~ ', 5, 2)', 'substr(' ~ trimmed ~ ', 7, 2)']) }}
        when {{ is_wholly(trimmed, '[1-9][0-9]{3}[/-][0-9]{1,2}[/-][0-9]{1,2}') }} then {{ date_of(parts_of(dashed, '-', [1, 2, 3])) }}
        when {{ is_wholly(trimmed, '[0-9]{1,2}[.][0-9]{1,2}[.][1-9][0-9]{3}') }} then {{ date_of(parts_of(trimmed, '.', [3, 2, 1])) }}
        when {{ is_wholly(trimmed, '[0-9]{1,2}-[0-9]{1,2}-[1-9][0-9]{3}') }} then {{ date_of(parts_of(trimmed, '-', [3, 1, 2])) }}
        else {{ clever_date(text) }}
    end
{%- endmacro %}


{#- The parts of a text between separators, by their places. -#}
{% macro parts_of(text, separator, places) -%}
    {%- set found = [] -%}
    {%- for place in places -%}
        {%- do found.append('split_part(' ~ text ~ ", '" ~ separator ~ "', " ~ place ~ ')') -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- The date of a year, a month and a day, as texts; NULL if there is none. -#}
{% macro date_of(parts) -%}
    try_cast({{ parts[0] }} || '-' || lpad({{ parts[1] }}, 2, '0') || '-' || lpad({{ parts[2] }}, 2, '0') as date)
{%- endmacro %}


{#-
Whether all of a text is as a regular expression says; a line break is no end. In `pattern` neither a backslash nor a
dot: engines differ in what they stand for.
-#}
{% macro is_wholly(text, pattern) -%}
    {{ return(adapter.dispatch('is_wholly', 'rollbook')(text, pattern)) }}
{%- endmacro %}

{% macro default__is_wholly(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{#- `$` would hold before a last line break too. -#}
{% macro spark__is_wholly(text, pattern) -%}
    {{ text }} rlike '^({{ pattern }})\\z'
{%- endmacro %}
