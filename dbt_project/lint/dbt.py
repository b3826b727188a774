"""Stands in for dbt's cross-database macros while sqlfluff lints."""


def type_string() -> str:
    """The type of texts."""
    return "varchar"


def type_bigint() -> str:
    """The type of counts."""
    return "bigint"
