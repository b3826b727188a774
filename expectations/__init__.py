"""Great Expectations suites and their runner. Knows nothing of Dagster."""
