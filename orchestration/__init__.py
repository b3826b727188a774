"""Dagster only: what runs when, in which order, and what is shown of it."""

import warnings

# dagster-dbt requires sqlglot[rs], and sqlglot 29 says at every import that it has no use for it.
warnings.filterwarnings("ignore", message=r"sqlglot\[rs\] is deprecated", category=UserWarning)
