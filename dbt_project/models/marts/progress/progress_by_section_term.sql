{{ progress_totals(['section_id', 'reporting_term_id'], {
    'term_ids': 'term_id',
    'course_ids': 'course_id',
    'school_ids': 'school_id',
    'grades': 'grade',
    'teacher_ids': 'primary_teacher_id',
}) }}
having section_id is not null
