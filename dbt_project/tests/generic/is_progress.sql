{#-
Progress is complete and tied to students: every record of the log stands there once, with a student or a reason.
Only records with news are looked at: the others were when they were made.

Fails when a record was lost or doubled. `rollbook rebuild` makes all again from the log.
-#}
{% test is_progress(model) -%}
-- depends_on: {{ ref('touched_progress') }}, {{ ref('stg_application__progress') }}
{%- if flags.FULL_REFRESH -%}
{%- set looked_at = ref('stg_application__progress') -%}
{%- else -%}
{%- set looked_at = ref('touched_progress') -%}
{%- endif %}

select progress_id, 'it is lost' as problem
from {{ looked_at }}
where progress_id not in (select progress_id from {{ model }})

union all

select progress_id, 'it is there twice' as problem
from {{ model }}
{% if not flags.FULL_REFRESH -%}
where progress_id in (select progress_id from {{ looked_at }})
{%- endif %}
group by progress_id
having count(*) > 1

union all

select progress_id, 'it has neither a student nor a reason' as problem
from {{ model }}
where
    student_id is null and unmatched_reason is null
    {%- if not flags.FULL_REFRESH %}
    and progress_id in (select progress_id from {{ looked_at }})
    {%- endif %}
{%- endtest %}
