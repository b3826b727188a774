{#-
What an analyst may be warned of: the one list of it. `ops.warnings` says where each stands now, `ops.warning_kinds` what it
means. `means` ends with what to do about it. `tables` are those it is about; none: every table of `roster`, `progress` and
`matching` that names its district.
-#}
{% macro warning_kinds() -%}
    {%- set of_days = [
        'roster.school_calendar', 'roster.term_days', 'roster.school_enrollment', 'roster.district_enrollment', 'roster.section_sizes',
    ] -%}
    {%- set of_rates = [
        'progress.rates_by_section', 'progress.rates_by_teacher', 'progress.rates_by_term', 'progress.rates_by_school',
        'progress.rates_by_school_year', 'progress.progress_around_moves', 'progress.progress_by_move',
    ] -%}
    {%- set with_sections = [
        'roster.sections', 'roster.section_history', 'progress.student_progress', 'progress.progress_by_section_term',
    ] -%}
    {{ return({
        'district_held': {
            'means': 'The newest sync would have changed too much and waits for a person: the roster is that of the last complete one. Compare nothing after it.',
        },
        'district_suspended': {
            'means': 'Clever refuses or no longer lists the district: the roster is that of the last complete sync. Ask whether the district still shares.',
        },
        'district_failed': {
            'means': 'The newest sync failed, was inconsistent, refused or taken back: the roster is that of the last complete one. ops.district_status has the reason.',
        },
        'district_stale': {
            'means': 'The last complete sync is older than ROLLBOOK_FRESH_HOURS, or lies ahead of the clock. What happened since is not in it.',
        },
        'district_paused': {
            'means': 'Clever does not read the district at present, as in summer: the roster stands still, whatever its age. Do not read a standstill as nobody moving.',
        },
        'district_retired': {
            'means': 'The district left for good: its roster ends with the last complete sync. Leave it out of what is about today.',
        },
        'counts_stop': {
            'means': 'What counts on for those who are active stops at the last complete sync, which is not the newest look. Compare such counts up to its day only.',
            'tables': ['roster.student_school_years'] + of_days + of_rates,
        },
        'term_made_anew': {
            'means': 'A term goes on under another Clever ID: grouped by term_id it falls into two. Group by reporting_term_id, or by lineage_id of roster.term_lineage.',
            'tables': ['roster.terms', 'roster.term_history'] + with_sections,
        },
        'sections_made_anew': {
            'means': 'Three or more classes of a school go on under other Clever IDs: students seem to have left and entered. Group by reporting_section_id, or by lineage_id of roster.section_lineage.',
            'tables': with_sections + [
                'roster.enrollments', 'roster.enrollment_history', 'roster.effective_enrollments',
                'roster.teaching', 'roster.teaching_history', 'roster.student_teachers',
                'roster.student_timeline', 'roster.student_school_years', 'ops.roster_changes',
            ],
        },
        'progress_without_roster': {
            'means': 'At least one in a hundred records of progress happened while Clever did not show the student: their school, section and grade are missing, or those last known. roster_state tells which.',
            'tables': [
                'progress.student_progress', 'progress.progress_by_student_year',
                'progress.progress_by_section_term', 'progress.progress_by_school', 'roster.student_school_years',
            ] + of_rates,
        },
        'progress_unmatched': {
            'means': 'Records of progress belong to no known student and are in no count, whichever district they are of. progress.unmatched_progress has the reasons.',
            'tables': [
                'progress.student_progress', 'progress.progress_by_student_year',
                'progress.progress_by_section_term', 'progress.progress_by_school', 'roster.student_school_years',
            ] + of_rates,
        },
        'students_without_sections': {
            'means': 'More than one in ten active students, and at least ten, are in no section: classes are missing or not shared, or it is summer. Count classes and students without each other.',
            'tables': ['roster.students', 'roster.enrollments', 'roster.effective_enrollments', 'roster.student_teachers'],
        },
    }) }}
{%- endmacro %}


{#- The published tables of the roster and what is built on it that name their district, as `schema.table`. -#}
{% macro tables_of_districts() -%}
    {%- set names = [] -%}
    {%- for node in context.get('graph', {}).get('nodes', {}).values() -%}
        {%- if node.resource_type == 'model' and 'district_id' in node.columns -%}
            {%- if node.schema in ('roster', 'progress', 'matching') -%}
                {%- do names.append(node.schema ~ '.' ~ node.alias) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names | sort) }}
{%- endmacro %}
