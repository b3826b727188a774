{#-
Of pairs for which a rule's evidence speaks, what decides: a rule decides for a pair if nothing known contradicts it and
it is the only one for either side. One that is contradicted counts for that, too: of two users with one number, the one
whose birthday differs may be the right one, with a typing error.

`pairs` is a CTE of `subject_id`, `clever_id`, `rule` and `is_vetoed`; each row once. Adds the CTE `judged`, with
`decides`.
-#}
{% macro judged(pairs) -%}
judged as (
    select
        {{ pairs }}.*,
        not is_vetoed
        and count(*) over (partition by rule, subject_id) = 1
        and count(*) over (partition by rule, clever_id) = 1 as decides
    from {{ pairs }}
)
{%- endmacro %}


{#-
Adds the CTE `gathered`: of each pair of `judged`, by its name, the rules that decide (`decides`), and those that agree,
of which only some are told (`is_told`).
-#}
{% macro gathered(judged, is_told='true') -%}
gathered as (
    select
        subject_id,
        clever_id,
        {{ sorted_list('rule', 'decides') }} as deciding,
        {{ sorted_list('rule', is_told) }} as agreed
    from {{ judged }}
    group by subject_id, clever_id
)
{%- endmacro %}


{#-
The log of matches of an object as it stands before this build appends to it, from which candidates must not depend as a
model: the log depends on them.
-#}
{% macro past_matches(object) -%}
    {%- set log = adapter.get_relation(
        database=catalog('warehouse'), schema='matching_raw', identifier=object ~ '_matches'
    ) if execute else none %}
    -- depends_on: {{ ref('stg_clever__syncs') }}
    {% if log -%}
        {{ visible_matches(log) }}
    {%- else -%}
        {{ no_events() }}
    {%- endif -%}
{%- endmacro %}


{#- The name of a school or district by its letters, without what only says that it is one. -#}
{% macro place_name_key(name) -%}
    {%- set letters = letters_of(name) -%}
    coalesce(
        nullif(
            regexp_replace(
                {{ letters }},
                '(usd|isd|csd|cusd|((unified|independent|public|community|consolidated|county)?schools?(district)?)|district)$',
                ''
            ),
            ''
        ),
        nullif({{ letters }}, '')
    )
{%- endmacro %}


{#-
The pairs of districts, or schools, of a customer list with those of Clever for which a number speaks, or name and city.
`subjects` and `places` have `subject_id` or `clever_id`, `district_id`, the numbers, `name_key`, `city_key` and
`state_key`. Another number that is known of both and differs contradicts, and so does another state.
-#}
{% macro place_candidates(subjects, places, numbers, within) -%}
with subjects as (
    {{ subjects }}
),

places as (
    {{ places }}
),

found as (
    {% for rule in numbers -%}
    select
        subjects.subject_id,
        places.clever_id,
        '{{ rule }}' as rule
    from subjects
    inner join places on subjects.{{ rule }} = places.{{ rule }}
        and {{ within if rule in ('school_number', 'state_id') else 'coalesce(' ~ within ~ ', true)' }}
    union
    {% endfor -%}
    select
        subjects.subject_id,
        places.clever_id,
        'name_city' as rule
    from subjects
    inner join places on subjects.name_key = places.name_key and subjects.city_key = places.city_key
        and {{ within }}
    union
    select
        subjects.subject_id,
        places.clever_id,
        'name' as rule
    from subjects
    inner join places on subjects.name_key = places.name_key and coalesce({{ within }}, true)
),

compared as (
    select
        pairs.subject_id,
        pairs.clever_id,
        max(places.district_id) as district_id,
        {%- for number in numbers %}
        coalesce(bool_or(subjects.{{ number }} <> places.{{ number }}), false) as {{ number }}_differs,
        {%- endfor %}
        coalesce(bool_and(subjects.state_key <> places.state_key), false) as state_differs
    from (select distinct subject_id, clever_id from found) as pairs
    inner join subjects on pairs.subject_id = subjects.subject_id
    inner join places on pairs.clever_id = places.clever_id
    group by pairs.subject_id, pairs.clever_id
),

weighed as (
    select
        found.subject_id,
        found.clever_id,
        found.rule,
        {% for number in numbers %}compared.{{ number }}_differs or {% endfor -%}
        compared.state_differs or found.rule = 'name' as is_vetoed
    from found
    inner join compared on found.subject_id = compared.subject_id and found.clever_id = compared.clever_id
),

{{ judged('weighed') }},

{{ gathered('judged', "rule <> 'name'") }}

select
    gathered.subject_id,
    gathered.clever_id,
    compared.district_id,
    gathered.deciding,
    coalesce(gathered.agreed, {{ texts_of({"'name'": 'true'}) }}) as agreed,
    {{ texts_of({
        "'nces_id'": 'compared.nces_id_differs',
        "'mdr_number'": 'compared.mdr_number_differs',
        "'state_id'": 'compared.state_id_differs' if 'state_id' in numbers else 'false',
        "'school_number'": 'compared.school_number_differs' if 'school_number' in numbers else 'false',
        "'state'": 'compared.state_differs',
    }) }} as contradicted
from gathered
inner join compared on gathered.subject_id = compared.subject_id and gathered.clever_id = compared.clever_id
{%- endmacro %}
