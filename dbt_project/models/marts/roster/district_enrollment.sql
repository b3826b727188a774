{{ enrollment_totals(in_school=false) }}
