{{ enrollment_totals(in_school=true) }}
