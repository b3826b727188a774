select
    district_id,
    school_year,
    move,
    from_id,
    to_id,
    kind,
    count(distinct reporting_student_id) as students,
    {% for side in ['before', 'after'] -%}
    cast(sum(days_{{ side }}) as {{ dbt.type_bigint() }}) as days_{{ side }},
    cast(sum(records_{{ side }}) as {{ dbt.type_bigint() }}) as records_{{ side }},
    sum(records_{{ side }}) * 7 / cast(sum(days_{{ side }}) as double) as records_per_week_{{ side }},
    count(distinct case when records_{{ side }} > 0 then reporting_student_id end)
        as students_with_records_{{ side }},
    cast(sum(scored_{{ side }}) as {{ dbt.type_bigint() }}) as scored_{{ side }},
    {{ exact_sum('average_score_' ~ side ~ ' * scored_' ~ side) }} / nullif(sum(scored_{{ side }}), 0)
        as average_score_{{ side }},
    {% endfor -%}
    count(change_of_score) as scored_on_both_sides,
    {{ exact_average('change_of_score') }} as average_change_of_score
from {{ ref('progress_around_moves') }}
group by district_id, school_year, move, from_id, to_id, kind
