{{ progress_totals(['student_id', 'school_year'], {
    'school_ids': 'school_id',
    'grades': 'grade',
    'section_ids': 'section_id',
    'teacher_ids': 'primary_teacher_id',
}) }}
