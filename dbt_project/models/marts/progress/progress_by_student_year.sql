{{ progress_totals(['reporting_student_id', 'school_year'], {
    'student_ids': 'student_id',
    'school_ids': 'school_id',
    'grades': 'grade',
    'section_ids': 'section_id',
    'teacher_ids': 'primary_teacher_id',
}) }}
