"""Extract and load: the sources Rollbook copies from. Knows neither Dagster nor dbt."""
