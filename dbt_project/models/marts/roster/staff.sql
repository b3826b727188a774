{{ current_records('staff') }}
