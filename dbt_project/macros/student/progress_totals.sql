{#-
What records of progress add up to, for each of the columns in `by` and each kind. Withdrawn records do not count, and
somebody who came back under another Clever ID is one student, as the `reporting_` columns have it. `seen_as` are other columns of the records, shown as
lists of what they held.
-#}
{% macro progress_totals(by, seen_as) -%}
select
    district_id,
    {%- for column in by %}
    {{ column }},
    {%- endfor %}
    kind,
    count(*) as records,
    count(distinct reporting_student_id) as students,
    count({{ exact('score') }}) as scored,
    {{ exact_average('score') }} as average_score,
    {{ exact_sum('duration_seconds') }} as duration_seconds,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    {%- for name, column in seen_as.items() %}
    {{ sorted_list('distinct ' ~ column, column ~ ' is not null') }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('student_progress') }}
where record_status = 'active'
group by district_id, {{ by | join(', ') }}, kind
{%- endmacro %}
