{#-
No progress comes in under a student Clever had archived when it happened. It is kept and counted, but a child who goes
on working under an archived student was most likely shared again under another Clever ID: the application should link
the account to that one. One row per district; only records with news are looked at.
-#}
{% test has_none_of_archived(model) -%}
{{ config(severity='warn') }}
-- depends_on: {{ ref('touched_progress') }}

select district_id, count(*) as records, count(distinct student_id) as students
from {{ model }}
where
    roster_state = 'archived'
    and record_status = 'active'
    and unmatched_reason is null
    {%- if not flags.FULL_REFRESH %}
    and progress_id in (select progress_id from {{ ref('touched_progress') }})
    {%- endif %}
group by district_id
{%- endtest %}
