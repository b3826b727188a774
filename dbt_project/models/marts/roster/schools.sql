{{ current_records('school') }}
