{{ current_records('section') }}
