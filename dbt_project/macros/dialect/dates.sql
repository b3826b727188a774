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
            then {{ date_of('trim(' ~ text ~ ')', '/', year=3, month=1, day=2) }}
    end
{%- endmacro %}


{#-
A date that somebody else's program wrote: as Clever writes it, or in another form of which it is known what stands
where: `2012-8-17`, `2012/08/17`, `20120817`, `17.08.2012`, `08-17-2012`. Of `17/08/2012` and `8/17/12` nobody knows;
they are NULL.
-#}
{% macro told_date(text) -%}
    {%- set trimmed = 'trim(' ~ text ~ ')' -%}
    {%- set dashed = "replace(" ~ trimmed ~ ", '/', '-')" -%}
    case
        when {{ is_wholly(trimmed, '[12][0-9]{7}') }}
            then try_cast(
                substr({{ trimmed }}, 1, 4) || '-' || substr({{ trimmed }}, 5, 2) || '-' || substr({{ trimmed }}, 7, 2)
                as date
            )
        when {{ is_wholly(trimmed, '[1-9][0-9]{3}[/-][0-9]{1,2}[/-][0-9]{1,2}') }}
            then {{ date_of(dashed, '-', year=1, month=2, day=3) }}
        when {{ is_wholly(trimmed, '[0-9]{1,2}[.][0-9]{1,2}[.][1-9][0-9]{3}') }}
            then {{ date_of(trimmed, '.', year=3, month=2, day=1) }}
        when {{ is_wholly(trimmed, '[0-9]{1,2}-[0-9]{1,2}-[1-9][0-9]{3}') }}
            then {{ date_of(trimmed, '-', year=3, month=1, day=2) }}
        else {{ clever_date(text) }}
    end
{%- endmacro %}


{#- The date whose year, month and day stand at these places between separators; NULL if there is none. -#}
{% macro date_of(text, separator, year, month, day) -%}
    try_cast(
        split_part({{ text }}, '{{ separator }}', {{ year }})
        || '-' || lpad(split_part({{ text }}, '{{ separator }}', {{ month }}), 2, '0')
        || '-' || lpad(split_part({{ text }}, '{{ separator }}', {{ day }}), 2, '0') as date
    )
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
