"""Suggestions for accounts that no rule matched: scored by Splink and kept; they never decide."""
