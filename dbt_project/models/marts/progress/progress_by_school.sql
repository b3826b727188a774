{{ progress_totals(['school_id', 'school_year'], {
    'grades': 'grade',
    'section_ids': 'section_id',
    'teacher_ids': 'primary_teacher_id',
}) }}
