"""Stands in for dbt's `api` while sqlfluff lints."""


class Relation:
    """Names a table."""

    @staticmethod
    def create(database: str, schema: str, identifier: str) -> str:
        """The table's full name."""
        return f"{database}.{schema}.{identifier}"
