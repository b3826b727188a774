"""Stands in for dbt's cross-database macros while sqlfluff lints."""


def type_string() -> str:
    """The type of texts."""
    return "varchar"


def type_bigint() -> str:
    """The type of counts."""
    return "bigint"


def datediff(first_date: str, second_date: str, datepart: str) -> str:
    """The whole days, or the like, from one date to another."""
    return f"datediff('{datepart}', {first_date}, {second_date})"


def run_query(query: str) -> list[str]:
    """One row."""
    return [query]
