{#-
What of two people is compared, and when it contradicts: one rule for accounts and users, and for users that came back
under another Clever ID. Stored values stay as they came; these are keys beside them. NULL is not known, and what is not
known contradicts nothing.
-#}

{#- What stands where something is not known; it says nothing of anybody. -#}
{% macro placeholders() -%}
    {{ return([
        'n/a', 'na', 'n.a.', 'none', 'none given', 'not given', 'null', 'nil', 'tbd', 'tba', 'unknown', 'pending',
        'test', 'x', 'xx', 'xxx', '-', '--', '---', '.', '?', '*', '#n/a', 'nan', 'undefined',
    ]) }}
{%- endmacro %}


{#- What stands for no number besides. -#}
{% macro no_numbers() -%}
    {{ return([
        'temp', 'temporary', 'new', 'no', 'not assigned', 'unassigned', 'not available', 'not applicable', 'missing',
        '123456789', '1234567890',
    ]) }}
{%- endmacro %}


{#-
A number that a district gives, as it is compared: blanks around it mean nothing, leading zeros and capitals do. Clever
tells it as the district wrote it, `42.0` where a spreadsheet did; of the application's it was taken off when it was read.
-#}
{% macro number_text(text) -%}
    {{ canonical_id(without_blanks_around(text)) }}
{%- endmacro %}


{#- The same, unless it only says that there is none. -#}
{% macro number_key(text) -%}
    {%- set trimmed = 'lower(trim(' ~ text ~ '))' -%}
    case
        when {{ is_one_of(trimmed, placeholders() + no_numbers()) }} then null
        -- 0, 0000, 99999, 1111111: what is typed where a number is demanded and there is none.
        when replace({{ trimmed }}, '0', '') = '' then null
        when replace({{ trimmed }}, '9', '') = '' and length({{ trimmed }}) > 4 then null
        when replace({{ trimmed }}, substr({{ trimmed }}, 1, 1), '') = '' and length({{ trimmed }}) > 6 then null
        -- 1E+09: what a spreadsheet has made of a long number.
        when {{ trimmed }} like '%e+%' then null
        else nullif({{ number_text(text) }}, '')
    end
{%- endmacro %}


{#- An e-mail address or a name to log in with, as it is compared: neither capitals nor blanks mean anything. -#}
{% macro address_text(text) -%}
    lower({{ composed(without_blanks(text)) }})
{%- endmacro %}


{#- The same, unless it is nobody's. -#}
{% macro address_key(text) -%}
    {%- set trimmed = 'lower(trim(' ~ text ~ '))' -%}
    {%- set nobodys = placeholders() + [
        '', 'no', 'noemail', 'no-email', 'no.email', 'nomail', 'noreply', 'no-reply', 'donotreply', 'do-not-reply',
        'nostudentemail', 'no-student-email',
    ] -%}
    case
        when {{ is_one_of(trimmed, ['student', 'teacher', 'staff', 'user', 'guest']) }} then null
        when {{ is_one_of("split_part(" ~ trimmed ~ ", '@', 1)", nobodys) }} then null
        else nullif({{ address_text(text) }}, '')
    end
{%- endmacro %}


{#- A birthday that can be one: the first days of 1900 and of 1970 are what is stored for none. -#}
{% macro birthday_key(dob) -%}
    case when {{ dob }} > cast('1900-12-31' as date) and {{ dob }} <> cast('1970-01-01' as date) then {{ dob }} end
{%- endmacro %}


{#- A first or last name, as a key, unless it only says that there is none. -#}
{% macro known_name_key(key) -%}
    {%- set nobodys = ['unknown', 'test', 'none', 'na', 'null', 'tbd', 'noname'] -%}
    case when not {{ is_one_of(key, nobodys) }} then {{ key }} end
{%- endmacro %}


{#- A telephone number by its digits, without the 1 of North America before the ten of its own. -#}
{% macro phone_key(text) -%}
    case
        when length({{ digits_of(text) }}) = 11 and substr({{ digits_of(text) }}, 1, 1) = '1'
            then substr({{ digits_of(text) }}, 2)
        else nullif({{ digits_of(text) }}, '')
    end
{%- endmacro %}


{#- A name by its letters, the first sixty: capitals, accents, hyphens and blanks mean nothing. -#}
{% macro name_key(text) -%}
    nullif(substr({{ letters_of(text) }}, 1, 60), '')
{%- endmacro %}


{#- What stands behind a name of two people who share it, as `jr`, `sr`, `ii`, `iii` or `iv`; NULL if nothing does. -#}
{% macro suffix_key(suffix) -%}
    case {{ letters_of(suffix) }}
        when 'jr' then 'jr' when 'junior' then 'jr'
        when 'sr' then 'sr' when 'senior' then 'sr'
        when 'ii' then 'ii' when '2nd' then 'ii' when 'iii' then 'iii' when '3rd' then 'iii'
        when 'iv' then 'iv' when '4th' then 'iv'
    end
{%- endmacro %}


{#- The suffix that a last name ends on, such as that of `Smith, Jr.`; '' if it ends on none. -#}
{% macro suffix_in(last_name) -%}
    regexp_extract(lower({{ last_name }}), '[ ,]+(jr|sr|ii|iii|iv|junior|senior)[. ]*$', 1)
{%- endmacro %}


{#- A last name by its letters, without a suffix that it ends on. -#}
{% macro last_name_key(last_name) -%}
    {{ name_key("case when " ~ suffix_in(last_name) ~ " = '' then " ~ last_name
        ~ " else regexp_replace(lower(" ~ last_name ~ "), '[ ,]+(jr|sr|ii|iii|iv|junior|senior)[. ]*$', '') end") }}
{%- endmacro %}


{#- Whether one of two names, as keys, is how the other begins, as Jo of Joan, or all of it. -#}
{% macro one_begins_the_other(one, other) -%}
    (
        substr({{ one }}, 1, length({{ other }})) = {{ other }}
        or substr({{ other }}, 1, length({{ one }})) = {{ one }}
    )
{%- endmacro %}


{#-
Whether two names, as keys, are those of two people: neither begins like the other, nor does a third of the letters
or less differ (`smith`, `smyth`). NULL where one is not known.
-#}
{% macro unlike(one, other) -%}
    case
        when {{ one_begins_the_other(one, other) }} then false
        else levenshtein({{ one }}, {{ other }}) * 3 > greatest(length({{ one }}), length({{ other }}))
    end
{%- endmacro %}


{#- Whether first and last name are both unlike, also the other way round: `first_key`, `last_key` of two relations. -#}
{% macro names_unlike(one, other) -%}
    coalesce(
        {{ unlike(one ~ '.first_key', other ~ '.first_key') }}
        and {{ unlike(one ~ '.last_key', other ~ '.last_key') }}
        and {{ unlike(one ~ '.first_key', other ~ '.last_key') }}
        and {{ unlike(one ~ '.last_key', other ~ '.first_key') }},
        false
    )
{%- endmacro %}


{#- Whether first and last name are both like, in either order: not so where one of the four is not known. -#}
{% macro names_like(one, other) -%}
    coalesce(
        not {{ unlike(one ~ '.first_key', other ~ '.first_key') }}
        and not {{ unlike(one ~ '.last_key', other ~ '.last_key') }}
        or not {{ unlike(one ~ '.first_key', other ~ '.last_key') }}
        and not {{ unlike(one ~ '.last_key', other ~ '.first_key') }},
        false
    )
{%- endmacro %}
