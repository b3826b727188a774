{#- What matches districts and schools of a customer list: the same for both, but that a school has a district. -#}
{% macro place_match_spells(object) -%}
{%- set told -%}
select
    crm_id as subject_id,
    load_id,
    observed_at,
    clever_id,
    change <> 'withdrawn' as is_present
from {{ ref('stg_application__crm_' ~ object ~ 's') }}
{%- endset -%}
with spells as (
    {{ match_spells(told, visible_matches(ref(object ~ '_match_log'))) }}
)

select
    spells.subject_id as crm_id,
    places.district_id,
    {%- if object == 'school' %}
    places.school_id,
    {%- endif %}
    spells.clever_id,
    spells.rule,
    spells.agreed,
    spells.decision_id,
    spells.valid_from,
    spells.valid_to,
    spells.valid_to is null as is_current,
    spells.end_reason
from spells
left join {{ ref(object ~ '_history') }} as places on spells.clever_id = places.{{ object }}_id and places.is_current
{%- endmacro %}


{% macro place_matches(object) -%}
select
    spells.crm_id,
    spells.district_id,
    {%- if object == 'school' %}
    spells.school_id,
    {%- endif %}
    spells.rule,
    spells.agreed,
    spells.valid_from as matched_at,
    decisions.author as decided_by
from {{ ref(object ~ '_match_spells') }} as spells
left join {{ ref('match_decisions') }} as decisions
    on spells.decision_id = decisions.decision_id and spells.rule = 'decision'
where spells.is_current
{%- endmacro %}


{#-
Those of the customer list that are not matched, with those of Clever that they may be; and matched ones, not by a person,
of which something known differs by now, or another has what the list tells.
-#}
{% macro place_review(object) -%}
select
    records.crm_id,
    candidates.clever_id as {{ object }}_id,
    case
        when candidates.clever_id is null then 'no candidate'
        when candidates.contradicted is not null then 'contradicted'
        when candidates.deciding is not null then 'taken by a stronger rule'
        else 'several candidates, or only the name agrees'
    end as reason,
    candidates.agreed,
    candidates.contradicted
from {{ ref('crm_records') }} as records
left join {{ ref(object ~ '_matches') }} as matches on records.crm_id = matches.crm_id
left join {{ ref(object ~ '_candidates') }} as candidates on records.crm_id = candidates.subject_id
where records.object = '{{ object }}' and records.is_present and matches.crm_id is null
union all
select
    matches.crm_id,
    matches.{{ object }}_id,
    'matched, and contradicted since' as reason,
    candidates.agreed,
    coalesce(candidates.contradicted, {{ texts_of({"'another_has_them'": 'true'}) }}) as contradicted
from {{ ref(object ~ '_matches') }} as matches
inner join {{ ref('crm_records') }} as records
    on matches.crm_id = records.crm_id and records.object = '{{ object }}' and records.is_present
left join {{ ref(object ~ '_candidates') }} as candidates
    on matches.crm_id = candidates.subject_id and matches.{{ object }}_id = candidates.clever_id
where
    matches.rule <> 'decision'
    and (
        candidates.contradicted is not null
        or candidates.deciding is null
        and matches.crm_id in (
            select others.subject_id from {{ ref(object ~ '_candidates') }} as others
            where others.deciding is not null
        )
    )
{%- endmacro %}
