{{ place_matches('school') }}
