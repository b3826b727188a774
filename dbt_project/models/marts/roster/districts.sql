{{ current_records('district') }}
