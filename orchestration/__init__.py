"""Dagster only: what runs when, in which order, and what is shown of it."""
