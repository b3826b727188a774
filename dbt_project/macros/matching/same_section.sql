{#-
Sections as they can be compared: `side` is `came` for what was known of them first, `last` for what was last. Courses and
terms that came back under other IDs are the same.
-#}
{% macro comparable_sections(side) -%}
    select
        lives.section_id,
        lives.district_id,
        lives.first_seen_at,
        lives.archived_at,
        lives.{{ side }}_school_id as school_id,
        {{ text_key('lives.' ~ side ~ '_name') }} as name,
        {{ text_key('lives.' ~ side ~ '_period') }} as period,
        coalesce(course_lineage.lineage_id, lives.{{ side }}_course_id) as course_id,
        coalesce(term_lineage.lineage_id, lives.{{ side }}_term_id) as term_id,
        terms.start_date,
        terms.end_date
    from lives
    left join {{ ref('course_lineage') }} as course_lineage on lives.{{ side }}_course_id = course_lineage.course_id
    left join {{ ref('term_lineage') }} as term_lineage on lives.{{ side }}_term_id = term_lineage.term_id
    left join {{ ref('terms') }} as terms on lives.{{ side }}_term_id = terms.term_id
{%- endmacro %}


{#- A text but for capitals and blanks around it. -#}
{% macro text_key(text) -%}
    nullif(lower(trim({{ text }})), '')
{%- endmacro %}


{#- Whether two sections may be one but for their students; another term may be the same or overlap. -#}
{% macro are_of_a_kind(successor, predecessor) -%}
    {{ successor }}.district_id = {{ predecessor }}.district_id
            and {{ successor }}.school_id = {{ predecessor }}.school_id
            and {{ successor }}.name = {{ predecessor }}.name
            and {{ successor }}.course_id is not distinct from {{ predecessor }}.course_id
            and {{ successor }}.period is not distinct from {{ predecessor }}.period
            and {{ predecessor }}.archived_at <= {{ successor }}.first_seen_at
            and (
                {{ successor }}.term_id is null
                or {{ predecessor }}.term_id is null
                or {{ successor }}.term_id = {{ predecessor }}.term_id
                or (
                    {{ successor }}.start_date <= {{ predecessor }}.end_date
                    and {{ predecessor }}.start_date <= {{ successor }}.end_date
                )
            )
{%- endmacro %}


{#- The students who were in sections at their `turn`, and how many each section had then. -#}
{% macro students_at(sections, turn) -%}
    select
        {{ sections }}.*,
        members.student_id,
        count(*) over (partition by {{ sections }}.section_id) as students
    from {{ sections }}
    inner join members on {{ sections }}.section_id = members.section_id
    where members.{{ turn }}
{%- endmacro %}
