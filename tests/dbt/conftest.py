"""Stories that share a home: see `side_by_side`."""

from tests.dbt.side_by_side import told

__all__ = ["told"]
