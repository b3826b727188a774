"""Whom accounts are matched with: every rule and trap by name, and against a plain model."""
