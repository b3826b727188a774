{#-
The lineage of people: who seems to be the same person under a new Clever ID, by the evidence by which accounts are
matched.

    keys      of each piece of evidence its attribute and what it is: `number`, `address`, `phone` or `birthday`
    meets     what they can meet by besides numbers: keys of `came` and `gone`, which are what was known first of the one
              and last of the other; those are called by the evidence, and `first_key`, `last_key`
    rules     of each rule, in their order, when it decides: a condition on `same_<evidence>` and on what speaks against
              it: `has_one_number`, `has_like_names`, `has_that_first_name`, `has_other_first_name`,
              `has_other_middle_name`. None decides against another birthday, another suffix, or first and last names
              that are both unlike
    preferred the attribute of the first name they go by, if there is one: it may have become the first name
    students  a query of their `student_id`s, if one in common is evidence

They meet by equal keys alone, and only those that have met are compared letter by letter. A key that more than twenty of
a district have had is somebody's default and says nothing.
-#}
{% macro lineage_of_people(singular, plural, keys, rules, meets={}, preferred=none, students=none) -%}
{%- set id = singular ~ '_id' -%}
{%- set agrees = keys.keys() | list + ['first_name', 'last_name'] + (['student'] if students else []) -%}
{%- set attributes = ['first_name', 'middle_name', 'last_name'] + ([preferred] if preferred else []) -%}
{%- set meets_by = {} -%}
{%- for name, (attribute, what) in keys.items() -%}
    {%- do attributes.append(attribute) -%}
    {%- if what == 'number' -%}{%- do meets_by.update({name: name}) -%}{%- endif -%}
{%- endfor -%}
{%- do meets_by.update(meets) -%}
{%- set same = {} -%}
{%- for name in agrees -%}{%- do same.update({"'" ~ name ~ "'": 'same_' ~ name}) -%}{%- endfor -%}
with {{ lives(singular, plural, attributes) }},

came as (
    {{ comparable(id, 'came', keys, preferred) }}
    where came_later
),

gone as (
    {{ comparable(id, 'last', keys, preferred) }}
    where archived_at is not null
),

came_by as (
    {{ meeting_keys('came', id, meets_by) }}
),

gone_by as (
    {{ meeting_keys('gone', id, meets_by) }}
),

defaults as (
    {{ shared_by_many('came_by') }}
    union all
    {{ shared_by_many('gone_by') }}
),

-- Before anybody meets: a thousand with one default number would meet a thousand.
telling as (
    select came_by.*
    from came_by
    left join defaults
        on
            came_by.district_id = defaults.district_id
            and came_by.kind = defaults.kind
            and came_by.meeting_key = defaults.meeting_key
    where defaults.kind is null
),

met as (
    select
        telling.{{ id }},
        gone_by.{{ id }} as predecessor_id,
        {%- for kind in meets_by %}
        bool_or(telling.kind = '{{ kind }}') as by_{{ kind }}{{ ',' if not loop.last }}
        {%- endfor %}
    from telling
    inner join gone_by
        on
            telling.district_id = gone_by.district_id
            and telling.kind = gone_by.kind
            and telling.meeting_key = gone_by.meeting_key
            and gone_by.archived_at <= telling.first_seen_at
    group by telling.{{ id }}, gone_by.{{ id }}
),
{%- if students %}

students_of as (
    {{ students }}
),

with_same_student as (
    select distinct
        met.{{ id }},
        met.predecessor_id
    from met
    inner join students_of as mine on met.{{ id }} = mine.{{ id }}
    inner join students_of as others
        on met.predecessor_id = others.{{ id }} and mine.student_id = others.student_id
),
{%- endif %}

compared as (
    select
        met.{{ id }},
        met.predecessor_id,
        {%- for name in keys %}
        {{ 'met.by_' ~ name if name in meets_by else 'coalesce(came.' ~ name ~ ' = gone.' ~ name ~ ', false)' }}
            as same_{{ name }},
        {%- endfor %}
        {%- for part in ['first', 'last'] %}
        coalesce(came.{{ part }}_key = gone.{{ part }}_key, false) as same_{{ part }}_name,
        {%- endfor %}
        {%- if students %}
        with_same_student.{{ id }} is not null as same_student,
        {%- endif %}
        {{ names_like('came', 'gone') }} as has_like_names,
        coalesce(
            {{ one_begins_the_other('came.first_key', 'gone.first_key') }}
            -- Ana is Anna, as Jon is John; Joan is another.
            or levenshtein(came.first_key, gone.first_key) = 1 and length(came.first_key) <> length(gone.first_key)
            or came.first_key = gone.last_key and came.last_key = gone.first_key,
            false
        ) as has_that_first_name,
        {{ other_first_name(preferred) }} as has_other_first_name,
        coalesce({{ unlike('came.middle_key', 'gone.middle_key') }}, false) as has_other_middle_name,
        {{ agreed_numbers(keys) }} < 2 as has_one_number,
        ({{ names_unlike('came', 'gone') }} and {{ other_first_name(preferred) }})
        or coalesce(came.suffix <> gone.suffix, false)
        {%- if 'birthday' in keys %}
        or coalesce(came.birthday <> gone.birthday, false)
        {%- endif %} as is_another
    from met
    inner join came on met.{{ id }} = came.{{ id }}
    inner join gone on met.predecessor_id = gone.{{ id }}
    {%- if students %}
    left join with_same_student
        on met.{{ id }} = with_same_student.{{ id }} and met.predecessor_id = with_same_student.predecessor_id
    {%- endif %}
),

judged as (
    select
        compared.*,
        case
            {%- for rule, condition in rules.items() %}
            when {{ condition }} then '{{ rule }}'
            {%- endfor %}
        end as rule
    from compared
    where not is_another
),

claims as (
    select
        {{ id }},
        predecessor_id,
        rule,
        {{ texts_of(same) }} as agreed,
        {% for name in agrees %}cast(same_{{ name }} as integer){% if not loop.last %} + {% endif %}{% endfor %} as weight
    from judged
    where rule is not null
),

{{ lines_of(singular, says=['rule', 'agreed'], are_people=true) }}
{%- endmacro %}


{#- What is compared of `lives`: `side` is `came` for what was known of them first, `last` for what was known last. -#}
{% macro comparable(id, side, keys, preferred) -%}
    {%- set last_name = side ~ '_last_name' -%}
    select
        {{ id }},
        district_id,
        first_seen_at,
        archived_at,
        {%- for name, (attribute, what) in keys.items() %}
        {#- A birthday does not change, only what is known of it does: the last known counts. #}
        {{ key_of(what, ('last' if what == 'birthday' else side) ~ '_' ~ attribute) }} as {{ name }},
        {%- endfor %}
        {{ suffix_key(suffix_in(last_name)) }} as suffix,
        {{ name_key(side ~ '_first_name') }} as first_key,
        {%- if preferred %}
        {{ name_key(side ~ '_' ~ preferred) }} as preferred_key,
        {%- endif %}
        {{ name_key(side ~ '_middle_name') }} as middle_key,
        {{ last_name_key(last_name) }} as last_key
    from lives
{%- endmacro %}


{#- What is compared of an attribute. -#}
{% macro key_of(what, attribute) -%}
    {%- if what == 'number' -%} {{ number_key(attribute) }}
    {%- elif what == 'address' -%} {{ address_key(attribute) }}
    {%- elif what == 'phone' -%} {{ phone_key(attribute) }}
    {%- else -%} {{ birthday_key(attribute) }}
    {%- endif -%}
{%- endmacro %}


{#- By what the people of a relation can meet others. -#}
{% macro meeting_keys(people, id, meets_by) -%}
    select * from (
        {%- for kind, key in meets_by.items() %}
        select
            {{ id }},
            district_id,
            first_seen_at,
            archived_at,
            '{{ kind }}' as kind,
            {{ key }} as meeting_key
        from {{ people }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as keys
    where meeting_key is not null
{%- endmacro %}


{% macro shared_by_many(meeting_keys) -%}
    select district_id, kind, meeting_key
    from {{ meeting_keys }}
    group by district_id, kind, meeting_key
    having count(*) > 20
{%- endmacro %}


{#- How many numbers agree, of which one that was entered in two places is one. -#}
{% macro agreed_numbers(keys) -%}
    {%- set agreed = [] -%}
    {%- for name, (_, what) in keys.items() if what == 'number' -%}
        {%- do agreed.append('case when met.by_' ~ name ~ ' then came.' ~ name ~ ' end') -%}
    {%- endfor -%}
    case
        {%- if agreed | length > 1 %}
        when greatest({{ agreed | join(', ') }}) <> least({{ agreed | join(', ') }}) then 2
        {%- endif %}
        when coalesce({{ agreed | join(', ') }}) is not null then 1
        else 0
    end
{%- endmacro %}


{#- Whether the first name is another, and not the one that either goes by. -#}
{% macro other_first_name(preferred) -%}
    coalesce({{ unlike('came.first_key', 'gone.first_key') }}, false)
    {%- if preferred %}
        and coalesce({{ unlike('came.first_key', 'gone.preferred_key') }}, true)
        and coalesce({{ unlike('came.preferred_key', 'gone.first_key') }}, true)
    {%- endif %}
{%- endmacro %}
