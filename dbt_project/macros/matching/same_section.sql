{#-
Sections as they can be compared, by one of their versions: the first, or the last known. Courses and terms that came back
under other IDs are the same.
-#}
{% macro comparable_sections(version) -%}
    select
        lives.section_id,
        lives.district_id,
        lives.first_seen_at,
        lives.archived_at,
        versions.school_id,
        {{ text_key('versions.name') }} as name,
        {{ text_key('versions.period') }} as period,
        coalesce(course_lineage.lineage_id, versions.course_id) as course_id,
        coalesce(term_lineage.lineage_id, versions.term_id) as term_id,
        terms.start_date,
        terms.end_date
    from lives
    inner join {{ ref('section_history') }} as versions
        on lives.section_id = versions.section_id and versions.{{ version }}
    left join {{ ref('course_lineage') }} as course_lineage on versions.course_id = course_lineage.course_id
    left join {{ ref('term_lineage') }} as term_lineage on versions.term_id = term_lineage.term_id
    left join {{ ref('terms') }} as terms on versions.term_id = terms.term_id
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
