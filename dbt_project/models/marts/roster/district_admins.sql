{{ current_records('district_admin') }}
