{#- Those of the customer list that are not matched, with those of Clever that they may be. -#}
select
    records.crm_id,
    candidates.clever_id as school_id,
    case
        when candidates.clever_id is null then 'no candidate'
        when candidates.contradicted is not null then 'contradicted'
        when candidates.deciding is not null then 'taken by a stronger rule'
        else 'several candidates, or only the name agrees'
    end as reason,
    candidates.agreed,
    candidates.contradicted
from {{ ref('crm_records') }} as records
left join {{ ref('school_matches') }} as matches on records.crm_id = matches.crm_id
left join {{ ref('school_candidates') }} as candidates on records.crm_id = candidates.subject_id
where records.object = 'school' and records.is_present and matches.crm_id is null
