{{ enrollment_totals('school_id') }}
