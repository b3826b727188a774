{#-
Sections as they can be compared, of which equal ones are of one kind, called by the ID of one of them. `side` is `came` for
what was known of them first, `last` for what was last; `time`, when they came or went.
-#}
{% macro comparable_sections(side, time) -%}
    select
        sections.*,
        min(section_id) over (
            partition by district_id, school_id, name, course_id, period, term_id, start_date, end_date, {{ time }}
        ) as kind_id
    from (
        select
            lives.section_id,
            lives.district_id,
            lives.{{ time }},
            lives.{{ side }}_school_id as school_id,
            {{ name_key('lives.' ~ side ~ '_name') }} as name,
            {{ address_key('lives.' ~ side ~ '_period') }} as period,
            coalesce(course_lineage.lineage_id, lives.{{ side }}_course_id) as course_id,
            coalesce(term_lineage.lineage_id, lives.{{ side }}_term_id) as term_id,
            terms.start_date,
            terms.end_date
        from lives
        left join {{ ref('course_lineage') }} as course_lineage
            on lives.{{ side }}_course_id = course_lineage.course_id
        left join {{ ref('term_lineage') }} as term_lineage on lives.{{ side }}_term_id = term_lineage.term_id
        left join {{ ref('terms') }} as terms on lives.{{ side }}_term_id = terms.term_id
        where lives.{{ time }} is not null
    ) as sections
{%- endmacro %}


{#-
The students of the sections whose kind is in `kinds`, and how many each has: those who were in it when it first had any
(`turn` is `min(valid_from)`), or when it last had any (`max(valid_to)`). A section may be filled after it came and
emptied before it went. Who came back under another ID is the same student.
-#}
{% macro section_students(sections, kinds, time, turn) -%}
    select
        students.*,
        count(*) over (partition by section_id) as students
    from (
        select distinct
            enrollments.section_id,
            enrollments.kind_id,
            coalesce(student_lineage.lineage_id, enrollments.student_id) as student_id
        from (
            select
                history.section_id,
                history.student_id,
                history.{{ time }},
                sections.kind_id,
                {{ turn }} over (partition by history.section_id) as turn
            from {{ ref('enrollment_history') }} as history
            inner join {{ sections }} as sections on history.section_id = sections.section_id
            where sections.kind_id in ({{ kinds }})
        ) as enrollments
        left join {{ ref('student_lineage') }} as student_lineage on enrollments.student_id = student_lineage.student_id
        where enrollments.{{ time }} = enrollments.turn
    ) as students
{%- endmacro %}
