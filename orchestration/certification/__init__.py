"""`rollbook certify`: the certification days through the real pipeline, judged and reported."""
