{{ current_records('course') }}
