{{ current_records('user') }}
