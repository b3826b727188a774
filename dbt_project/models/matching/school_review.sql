{{ place_review('school') }}
