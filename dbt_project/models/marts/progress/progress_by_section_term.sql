{{ progress_totals(['reporting_section_id', 'reporting_term_id'], {
    'section_ids': 'section_id',
    'term_ids': 'term_id',
    'course_ids': 'course_id',
    'school_ids': 'school_id',
    'grades': 'grade',
    'teacher_ids': 'primary_teacher_id',
}) }}
having reporting_section_id is not null
