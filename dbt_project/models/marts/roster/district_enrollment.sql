{{ enrollment_totals() }}
