"""Stands in for dbt's `flags` while sqlfluff lints: an incremental build is linted."""

FULL_REFRESH = False
