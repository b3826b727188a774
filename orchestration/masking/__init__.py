"""The masked copy of the published file: the same tables, and nobody's name in them."""
