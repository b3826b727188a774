{{ place_matches('district') }}
