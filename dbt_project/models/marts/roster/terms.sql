{{ current_records('term') }}
