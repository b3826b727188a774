{{ place_review('district') }}
