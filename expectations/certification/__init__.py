"""The certification cases as expectations: what the catalogue says must hold, asked in SQL."""
