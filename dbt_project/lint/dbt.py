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


def dateadd(datepart: str, interval: str, from_date_or_timestamp: str) -> str:
    """A time so many days, or the like, after another one."""
    return f"dateadd('{datepart}', {interval}, {from_date_or_timestamp})"


def run_query(query: str) -> list[str]:
    """One row."""
    return [query]
