{{ current_records('teacher') }}
