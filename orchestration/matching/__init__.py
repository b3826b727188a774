"""Suggestions for accounts that no rule matched: scored by Splink, kept, shown; they never decide."""
