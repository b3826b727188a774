{{ current_records('student') }}
