{{ current_records('contact') }}
